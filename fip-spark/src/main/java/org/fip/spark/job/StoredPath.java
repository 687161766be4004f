package org.fip.spark.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.engine.Torch;
import org.fip.core.manifold.Evaluation;
import org.fip.core.network.Network;
import org.fip.core.path.Measurement;
import org.fip.core.path.Waypoint;
import org.fip.core.storage.Folder;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.store.FolderFiller;
import org.fip.spark.store.PathDescription;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StoreLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A path store together with the network that is walked in it. */
final class StoredPath {
  private static final Logger LOG = LoggerFactory.getLogger(StoredPath.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Recipe keys that a path may be gone on with other values of: they do not change what it is, and
   * but for the shards of sets that are divided among them not a bit of its weights either.
   */
  private static final Pattern MAY_DIFFER =
      Pattern.compile(
          "output|network|baselines.*|gate.*|path\\.(evaluateEvery|memory|shards|communication\\.mode)");

  private final PathStore store;
  private final Network start;

  private StoredPath(PathStore store, Network start) {
    this.store = store;
    this.start = start;
  }

  /**
   * Creates the store or takes up the one that is there, whose start network then counts.
   *
   * @param start the network a new path starts from
   * @param sources what a new path is made from, by name
   * @param lock the right to write there
   */
  static StoredPath open(
      JobContext context,
      Path place,
      Recipe recipe,
      Network start,
      Map<String, String> sources,
      StoreLock lock) {
    if (PathStore.exists(context.hadoop(), place)) {
      requireCommand(PathStore.open(context.hadoop(), place), sources.get(Sources.COMMAND));
    }
    Map<String, String> provenance = new LinkedHashMap<>(sources);
    provenance.put("network", start.config().location());
    provenance.put("network weights sha256", sha256(start.weights()));
    provenance.put("engine", "PyTorch " + Torch.version());
    provenance.put("java", System.getProperty("java.version"));
    PathStore store =
        PathStore.createOrResume(
                context.hadoop(),
                place,
                new PathDescription(parse(recipe), provenance),
                mayDiffer(recipe))
            .guardedBy(lock);
    Optional<Folder> stored = startOf(store);
    if (stored.isEmpty()) {
      store.writeStart(start::save);
      stored = store.start();
    }
    Network network =
        Network.load(stored.orElseThrow()).restrictedTo(recipe.path().tensors().selection());
    return new StoredPath(store.forTensors(network.tensors()), network);
  }

  /**
   * The start network of the store that is there; empty when none was begun.
   *
   * @throws FipException with category DATA when it was begun with another recipe or by another
   *     command
   */
  static Optional<Network> begun(JobContext context, Path place, Command command, Recipe recipe) {
    if (!PathStore.exists(context.hadoop(), place)) {
      return Optional.empty();
    }
    PathStore store = PathStore.open(context.hadoop(), place);
    requireCommand(store, command.label());
    store.requireRecipe(parse(recipe), mayDiffer(recipe));
    return startOf(store).map(Network::load);
  }

  /**
   * The start network's folder; empty when it has to be written. Where renaming copies file by
   * file, a run may have died while it was put in place, and nothing has been walked from it yet.
   */
  private static Optional<Folder> startOf(PathStore store) {
    return store.steps().isEmpty() && !isWhole(store::start) ? Optional.empty() : store.start();
  }

  /** Two commands may fill in the same recipe, and walk by it to different ends. */
  private static void requireCommand(PathStore store, String command) {
    String stored = store.description().provenance().getOrDefault(Sources.COMMAND, command);
    if (!stored.equals(command)) {
      throw FipException.data(
          "%s: this path was begun by %s and not by %s; use another output",
          store.location(), stored, command);
    }
  }

  private static Predicate<String> mayDiffer(Recipe recipe) {
    return key ->
        MAY_DIFFER.matcher(key).matches() && !(key.equals("path.shards") && recipe.shardsDecide());
  }

  private static ObjectNode parse(Recipe recipe) {
    try {
      return (ObjectNode) JSON.readTree(recipe.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static String sha256(float[] weights) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer block = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
      for (float weight : weights) {
        if (!block.hasRemaining()) {
          digest.update(block.flip());
          block.clear();
        }
        block.putFloat(weight);
      }
      digest.update(block.flip());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  PathStore store() {
    return store;
  }

  Network start() {
    return start;
  }

  /** The evaluation at a waypoint, by name of the set in the recipe. */
  Map<String, Evaluation> evaluation(long step) {
    return store.measured(step).evaluation();
  }

  /** Writes the network at a waypoint as the store's final one, unless it is there undamaged. */
  void writeFinal(Waypoint last) {
    if (!isWhole(store::network)) {
      store.writeNetwork(start.withWeights(last.state().weights())::save);
    }
  }

  /** The same with more files beside it. */
  void writeFinal(Waypoint last, FolderFiller more) {
    if (!isWhole(store::network)) {
      store.writeNetwork(with(last, more));
    }
  }

  /** Writes the network at a waypoint that is on the way, unless it is there already. */
  void writeOnTheWay(String name, Waypoint at, FolderFiller more) {
    if (!isWhole(() -> store.onTheWay(name))) {
      store.writeOnTheWay(name, with(at, more));
    }
  }

  /**
   * Writes the network at a waypoint without channels that are zero, unless it is there already.
   */
  void writeSmaller(String name, Waypoint at) {
    if (!isWhole(() -> store.onTheWay(name))) {
      Network whole = Network.load(store.start().orElseThrow());
      float[] weights = start.withWeights(at.state().weights()).gather(whole.layout());
      store.writeOnTheWay(name, whole.withWeights(weights).smaller().orElseThrow()::save);
    }
  }

  private FolderFiller with(Waypoint at, FolderFiller more) {
    Network network = start.withWeights(at.state().weights());
    return folder -> {
      network.save(folder);
      more.fill(folder);
    };
  }

  private static boolean isWhole(Supplier<Optional<Folder>> network) {
    try {
      return network.get().isPresent();
    } catch (FipException e) {
      if (e.category() == FipException.Category.STORAGE) {
        throw e;
      }
      LOG.warn("{}; it is written again", e.getMessage());
      return false;
    }
  }

  /** What every command reports of a path. */
  ObjectNode report(Waypoint last, Set<String> evaluations) {
    ObjectNode json = JSON.createObjectNode();
    Measurement end = last.measurements().get(last.measurements().size() - 1);
    json.put("store", store.location());
    json.put("network", store.location() + "/network");
    json.put("steps", last.step());
    json.put("seconds", end.seconds());
    Map<String, Evaluation> before = evaluation(0);
    Map<String, Evaluation> after = evaluation(last.step());
    ObjectNode evaluation = json.putObject("evaluation");
    for (String name : evaluations) {
      ObjectNode entry = evaluation.putObject(name);
      put(entry.putObject("start"), before.get(name));
      put(entry.putObject("end"), after.get(name));
    }
    json.put("drift", end.drift());
    json.putObject("length")
        .put("weights", end.lengthWeights())
        .put("outputs", end.lengthOutputs());
    json.putObject("communication")
        .put("rounds", end.rounds())
        .put("bytesBroadcast", end.bytesBroadcast())
        .put("bytesReduced", end.bytesReduced());
    return json;
  }

  private static void put(ObjectNode entry, Evaluation evaluation) {
    if (evaluation != null) {
      entry
          .put("accuracy", evaluation.accuracy())
          .put("loss", evaluation.loss())
          .put("examples", evaluation.examples());
      if (!Double.isNaN(evaluation.agreement())) {
        entry.put("agreement", evaluation.agreement());
      }
    }
  }
}
