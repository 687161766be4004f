package org.fip.spark.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.anchors.AnchorFile;
import org.fip.core.anchors.Anchors;
import org.fip.core.path.Measurement;
import org.fip.core.path.Waypoint;
import org.fip.core.path.WaypointStore;
import org.fip.core.safetensors.Checkpoint;
import org.fip.core.safetensors.FlatTensor;
import org.fip.core.storage.Folder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A path kept in one folder of a Hadoop file system.
 *
 * <pre>
 * path.json          format version, resolved recipe, provenance
 * start/             the network the path starts at, a Hugging Face folder
 * waypoints/000100/  model.safetensors, state.safetensors, metrics.json, manifest.json
 * anchors/000100/    what is kept of all that was learned up to that step
 * network/           the final network, a Hugging Face folder
 * status.json        how the walk goes on, for people; see {@link StatusFile}
 * tensorboard/       the measurements once more, for TensorBoard
 * </pre>
 *
 * <p>Every folder is written under a temporary name, synced, and put in place by one rename, its
 * manifest with sizes and SHA-256 the last file in it; see {@link FolderCommit}. So a reader at any
 * moment sees whole folders only, and a run that dies leaves the last committed one. One writer at
 * a time, which {@link StoreLock} sees to; any number of readers. Not safe for use by several
 * threads.
 */
public final class PathStore implements WaypointStore {
  private static final Logger LOG = LoggerFactory.getLogger(PathStore.class);
  private static final String PATH_FILE = "path.json";
  private static final String WAYPOINTS = "waypoints";
  private static final String ANCHORS = "anchors";

  /** Folder of the networks on the way, such as those of a curve. */
  public static final String CURVE = NetworkFolders.CURVE;

  private final DurableFiles files;
  private final Path root;
  private final PathDescription description;
  private final List<FlatTensor> tensors;
  private final long last;
  private final StepFolders waypoints;
  private final StepFolders anchors;
  private final NetworkFolders networks;

  private PathStore(
      DurableFiles files,
      Path root,
      PathDescription description,
      List<FlatTensor> tensors,
      long last) {
    this.files = files;
    this.root = root;
    this.description = description;
    this.tensors = tensors;
    this.last = last;
    waypoints = new StepFolders(files, new Path(root, WAYPOINTS), last);
    anchors = new StepFolders(files, new Path(root, ANCHORS), last);
    networks = new NetworkFolders(files, root);
  }

  /**
   * Creates the store, or takes up the one that is there to write on, and clears away what a dead
   * run left half-written.
   *
   * @param mayDiffer the dotted keys of the recipe, list positions as numbers ({@code
   *     tasks.0.name}), that do not change the walk and may differ from the stored recipe
   * @throws FipException DATA when the store there is broken or was made with another recipe, with
   *     the first differing key; STORAGE when the file system fails
   */
  public static PathStore createOrResume(
      Configuration configuration,
      Path root,
      PathDescription description,
      Predicate<String> mayDiffer) {
    return createOrResume(DurableFiles.of(configuration, root), root, description, mayDiffer);
  }

  /** As {@link #createOrResume(Configuration, Path, PathDescription, Predicate)}. */
  public static PathStore createOrResume(
      FileSystem fileSystem, Path root, PathDescription description, Predicate<String> mayDiffer) {
    return createOrResume(new DurableFiles(fileSystem), root, description, mayDiffer);
  }

  /**
   * Opens a store for reading.
   *
   * @throws FipException NOT_FOUND when there is none, DATA when it is broken or of an unknown
   *     format version, STORAGE when the file system fails
   */
  public static PathStore open(Configuration configuration, Path root) {
    return open(DurableFiles.of(configuration, root), root);
  }

  /** As {@link #open(Configuration, Path)}. */
  public static PathStore open(FileSystem fileSystem, Path root) {
    return open(new DurableFiles(fileSystem), root);
  }

  /**
   * The same store for walking with a network whose flat weight vector consists of these slices:
   * waypoints can be committed, and one of other tensors is refused by {@link #newest}.
   */
  public PathStore forTensors(List<FlatTensor> layout) {
    return new PathStore(files, root, description, List.copyOf(layout), last);
  }

  /** The same store as it was when its path had come to a step: later waypoints are not seen. */
  public PathStore until(long step) {
    return new PathStore(files, root, description, tensors, step);
  }

  /** The same store, where nothing is committed once the right to write to it is lost. */
  public PathStore guardedBy(StoreLock lock) {
    return new PathStore(files.guardedBy(lock::requireHeld), root, description, tensors, last);
  }

  /** Whether there is a store at a place. */
  public static boolean exists(Configuration configuration, Path root) {
    DurableFiles files = DurableFiles.of(configuration, root);
    Path file = new Path(files.qualify(root), PATH_FILE);
    try {
      return files.exists(file);
    } catch (IOException e) {
      throw Failures.storage(e, file, "cannot be looked at");
    }
  }

  /** Where the store is. */
  public String location() {
    return root.toString();
  }

  /** What the path was made from. */
  public PathDescription description() {
    return description;
  }

  /** The steps of the waypoints that were committed, ascending, whole or not. */
  public List<Long> steps() {
    return waypoints.steps();
  }

  /** The steps at whose end the anchors that are kept were written, ascending. */
  public List<Long> anchorSteps() {
    return anchors.steps();
  }

  /**
   * The anchors that are kept once the path has come to a step; empty when they were not written.
   *
   * @throws FipException DATA, naming file and reason, when they are damaged
   */
  public Optional<Anchors> anchors(long step) {
    HadoopFolder folder = anchors.folder(step);
    if (!folder.isThere()) {
      return Optional.empty();
    }
    anchors.manifest(step).verify(folder);
    try {
      return Optional.of(AnchorFile.read(folder));
    } catch (IOException e) {
      throw Failures.reading(e, new Path(folder.location()));
    }
  }

  /** Writes the anchors that are kept from a step on, as a whole, in place of those there. */
  public void writeAnchors(long step, Anchors kept) {
    try {
      anchors.commit(step, OptionalLong.empty(), folder -> AnchorFile.write(kept, folder));
    } catch (IOException e) {
      throw Failures.storage(e, anchors.place(step), "the anchors cannot be written");
    }
  }

  /**
   * Deletes waypoints and anchors; each vanishes as a whole.
   *
   * @return the bytes that their manifests name
   */
  public long delete(List<Long> ofWaypoints, List<Long> ofAnchors) {
    return waypoints.delete(ofWaypoints) + anchors.delete(ofAnchors);
  }

  /** The bytes of waypoints and anchors of these steps, as their manifests have it. */
  public long bytes(List<Long> ofWaypoints, List<Long> ofAnchors) {
    return waypoints.bytes(ofWaypoints) + anchors.bytes(ofAnchors);
  }

  @Override
  public Optional<Waypoint> newest() {
    List<Long> steps = steps();
    for (int i = steps.size() - 1; i >= 0; i--) {
      Optional<Waypoint> waypoint = readIfWhole(steps.get(i));
      if (waypoint.isPresent()) {
        requireTensors(steps.get(i));
        return waypoint;
      }
    }
    return Optional.empty();
  }

  /**
   * Reads a waypoint after checking size and SHA-256 of its files.
   *
   * @throws FipException NOT_FOUND when there is none of this step; DATA, naming file and reason,
   *     when it is damaged; STORAGE when the file system fails
   */
  public Waypoint read(long step) {
    HadoopFolder folder = waypointFolder(step);
    waypoints.manifest(step).verify(folder);
    Waypoint waypoint = WaypointFiles.read(folder);
    if (waypoint.step() != step) {
      throw FipException.data("%s: says it is of step %d", folder.location(), waypoint.step());
    }
    return waypoint;
  }

  /**
   * What was measured up to a waypoint since the one before; weights are neither read nor checked.
   *
   * @throws FipException as {@link #read}
   */
  public WaypointMeasurements measured(long step) {
    HadoopFolder folder = waypointFolder(step);
    waypoints.manifest(step).verify(folder, WaypointFiles.METRICS);
    WaypointFiles.Metrics metrics = WaypointFiles.readMetrics(folder);
    return new WaypointMeasurements(metrics.measurements(), metrics.evaluation());
  }

  /**
   * Opens the weights of a waypoint after checking size and SHA-256 of its files.
   *
   * @throws FipException as {@link #read}
   */
  public WaypointWeights weights(long step) {
    HadoopFolder folder = waypointFolder(step);
    waypoints.manifest(step).verify(folder);
    return WaypointFiles.openWeights(folder);
  }

  @Override
  public void commit(Waypoint waypoint) {
    requireLength(waypoint);
    long step = waypoint.step();
    OptionalLong previous = steps().stream().mapToLong(Long::longValue).filter(s -> s < step).max();
    Optional<HadoopFolder> start = networks.find(NetworkFolders.START);
    try (Checkpoint others = start.isEmpty() ? null : Checkpoint.open(start.get())) {
      waypoints.commit(
          step,
          previous,
          folder -> WaypointFiles.write(waypoint, tensors, Optional.ofNullable(others), folder));
    } catch (IOException e) {
      throw Failures.storage(e, waypoints.place(step), "waypoint " + step + " cannot be written");
    }
  }

  /** Checks every waypoint, the anchors, {@code start} and {@code network} down to the last bit. */
  public List<Finding> verify() {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(waypoints.verify(this::read));
    findings.addAll(anchors.verify(this::anchors));
    findings.addAll(networks.verify());
    return findings;
  }

  /** What the store holds; weights are not read, nor are they checked. */
  public PathSummary describe() {
    return new PathSummary(
        location(), description, steps().stream().map(this::summarize).toList(), hasNetwork());
  }

  /**
   * Writes the start network's folder as a whole. Its tensors that are not on the path are from
   * then on copied into every waypoint.
   */
  public void writeStart(FolderFiller filler) {
    networks.write(NetworkFolders.START, filler);
  }

  /** Writes the final network's folder as a whole, in place of one that is there. */
  public void writeNetwork(FolderFiller filler) {
    networks.write(NetworkFolders.FINAL, filler);
  }

  /** Writes a network of the way as a whole, in place of one that is there. */
  public void writeOnTheWay(String name, FolderFiller filler) {
    networks.writeOnTheWay(name, filler);
  }

  /** The folder of a network of the way; empty when it was not written. */
  public Optional<Folder> onTheWay(String name) {
    return networks.onTheWay(name);
  }

  /**
   * The start network's folder after checking size and SHA-256 of its files; empty when it was not
   * written.
   *
   * @throws FipException DATA, naming file and reason, when it is damaged
   */
  public Optional<Folder> start() {
    return networks.whole(NetworkFolders.START);
  }

  /** The final network's folder; as {@link #start}. */
  public Optional<Folder> network() {
    return networks.whole(NetworkFolders.FINAL);
  }

  /** Whether the final network was written; it may be damaged. */
  public boolean hasNetwork() {
    return networks.find(NetworkFolders.FINAL).isPresent();
  }

  /** The folder of a waypoint, unchecked. */
  public Folder waypoint(long step) {
    return waypoints.folder(step);
  }

  private static PathStore createOrResume(
      DurableFiles files, Path path, PathDescription description, Predicate<String> mayDiffer) {
    Path root = files.qualify(path);
    try {
      if (files.exists(new Path(root, PATH_FILE))) {
        PathStore stored = open(files, root);
        stored.requireRecipe(description.recipe(), mayDiffer);
        stored.networks.recover();
        stored.waypoints.recover();
        stored.networks.recoverOnTheWay();
        stored.anchors.recover();
        return stored;
      }
      for (String name : List.of(WAYPOINTS, NetworkFolders.START, NetworkFolders.FINAL)) {
        if (files.exists(new Path(root, name))) {
          throw FipException.data(
              "%s: holds %s but no %s; use another output or restore that file",
              root, name, PATH_FILE);
        }
      }
      FolderCommit commit = new FolderCommit(files, root);
      commit.recover();
      commit.commitFile(PATH_FILE, description.toBytes());
      return new PathStore(files, root, description, List.of(), Long.MAX_VALUE);
    } catch (IOException e) {
      throw Failures.storage(e, root, "the path store cannot be created or resumed");
    }
  }

  private static PathStore open(DurableFiles files, Path path) {
    Path root = files.qualify(path);
    Path file = new Path(root, PATH_FILE);
    try (InputStream in = files.fileSystem().open(file)) {
      PathDescription description = PathDescription.read(in, file);
      return new PathStore(files, root, description, List.of(), Long.MAX_VALUE);
    } catch (FileNotFoundException e) {
      throw FipException.notFound(
          "%s: there is no path store here, %s is missing", root, PATH_FILE);
    } catch (IOException e) {
      throw Failures.reading(e, file);
    }
  }

  /**
   * Refuses a recipe that the path was not begun with.
   *
   * @param mayDiffer keys that do not matter
   * @throws FipException with category DATA naming the first key that differs
   */
  public void requireRecipe(ObjectNode recipe, Predicate<String> mayDiffer) {
    Optional<PathDescription.Difference> difference =
        description.firstDifference(recipe, mayDiffer);
    if (difference.isPresent()) {
      PathDescription.Difference pair = difference.get();
      throw FipException.data(
          "%s: this path was begun with %s = %s, the recipe says %s; use the value it was begun with"
              + " or another output",
          root, pair.key(), orAbsent(pair.stored()), orAbsent(pair.given()));
    }
  }

  private static String orAbsent(String value) {
    return value == null ? "nothing" : value;
  }

  private void requireLength(Waypoint waypoint) {
    int expected = tensors.stream().mapToInt(FlatTensor::length).sum();
    if (tensors.isEmpty() || expected != waypoint.state().weights().length) {
      throw new IllegalStateException(
          String.format(
              "a waypoint of %d weights cannot be committed to a store for %d",
              waypoint.state().weights().length, expected));
    }
  }

  private void requireTensors(long step) {
    if (tensors.isEmpty()) {
      return;
    }
    List<FlatTensor> stored = WaypointFiles.readTensors(waypoints.folder(step));
    for (int i = 0; i < Math.max(stored.size(), tensors.size()); i++) {
      String was = i < stored.size() ? describe(stored.get(i)) : "nothing";
      String is = i < tensors.size() ? describe(tensors.get(i)) : "nothing";
      if (!was.equals(is)) {
        throw FipException.data(
            "%s: is of another network: it has %s where the network has %s; use another output",
            waypoints.place(step), was, is);
      }
    }
  }

  private static String describe(FlatTensor tensor) {
    return "tensor '" + tensor.name() + "' of shape " + tensor.shape();
  }

  /** Whether the waypoint of a step is there and undamaged. */
  public boolean isWhole(long step) {
    return steps().contains(step) && readIfWhole(step).isPresent();
  }

  private Optional<Waypoint> readIfWhole(long step) {
    try {
      return Optional.of(read(step));
    } catch (FipException e) {
      if (e.category() == FipException.Category.STORAGE) {
        throw e;
      }
      LOG.warn("{}; waypoint {} is skipped", e.getMessage(), step);
      return Optional.empty();
    }
  }

  private WaypointSummary summarize(long step) {
    HadoopFolder folder = waypoints.folder(step);
    try {
      Manifest manifest = waypoints.manifest(step);
      manifest.verify(folder, WaypointFiles.METRICS);
      WaypointFiles.Metrics metrics = WaypointFiles.readMetrics(folder);
      List<Measurement> all = metrics.measurements();
      return new WaypointSummary(
          step,
          manifest.previous(),
          manifest.bytes(),
          all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1)),
          metrics.evaluation(),
          Optional.empty());
    } catch (FipException e) {
      return new WaypointSummary(
          step, OptionalLong.empty(), 0, Optional.empty(), Map.of(), Optional.of(e.getMessage()));
    }
  }

  private HadoopFolder waypointFolder(long step) {
    HadoopFolder folder = waypoints.folder(step);
    if (!folder.isThere()) {
      throw FipException.notFound("%s: there is no waypoint %d", folder.location(), step);
    }
    return folder;
  }
}
