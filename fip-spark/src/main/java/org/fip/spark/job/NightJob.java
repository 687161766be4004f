package org.fip.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.fip.core.anchors.Anchors;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Evaluation;
import org.fip.core.network.Network;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Nights;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.recipe.StretchSteps;
import org.fip.spark.recipe.Task;
import org.fip.spark.store.NightStore;
import org.fip.spark.store.PathDescription;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StoreLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns what has arrived for a night, on a store that grows. The path of the night begins at the
 * published network with the anchors that are kept of all nights up to it; the data of those nights
 * are not looked at. A gate decides whether its network is published. A night that has ended, one
 * that is older than the newest, and tasks that are learned already change nothing; a night that
 * was interrupted is ended before the next begins.
 */
public final class NightJob {
  private static final Logger LOG = LoggerFactory.getLogger(NightJob.class);
  private static final String BEFORE = "night before";
  private static final String NONE = "none";
  private static final String LEARNED = "learned";
  private static final String BEST = "best";
  private static final String PUBLISHED = "published";
  private static final String RESULT = "result";

  private final JobContext context;
  private final Recipe recipe;
  private final Path root;

  /** A job for a recipe of the command {@code adapt} with a night. */
  public NightJob(JobContext context, Recipe recipe) {
    this.context = context;
    this.recipe = recipe;
    root = RecipePaths.resolve("output", recipe.output(), context.hadoop());
  }

  /**
   * Walks the night, or what is missing of it.
   *
   * @throws org.fip.core.FipException as {@link AdaptJob#run} does
   */
  public NightResult run() {
    NightStore store = NightStore.at(context.hadoop(), root, Nights.ORDER);
    Optional<NightResult> nothing = nothingToDo(store);
    if (nothing.isPresent()) {
      return nothing.get();
    }
    try (StoreLock lock = StoreLock.acquire(context.hadoop(), root)) {
      NightStore own = store.guardedBy(lock);
      nothing = nothingToDo(own);
      if (nothing.isPresent()) {
        return nothing.get();
      }
      own.recover();
      for (String earlier : own.nights()) {
        if (!earlier.equals(recipe.night()) && !isEnded(own, earlier)) {
          LOG.warn("{}: night {} was interrupted; it is ended first", root, earlier);
          take(own, storedRecipe(own, earlier), lock);
        }
      }
      return take(own, recipe, lock);
    }
  }

  /** The stretches of a stored path, of a night or of none. */
  public static StretchSteps stretches(PathDescription path) {
    String before = path.provenance().getOrDefault(BEFORE, NONE);
    boolean keeps = !before.equals(NONE) || !path.recipe().path("keep").isEmpty();
    return StretchSteps.ofStored(path.recipe(), keeps);
  }

  private Optional<NightResult> nothingToDo(NightStore store) {
    String night = recipe.night();
    List<String> nights = store.nights();
    if (nights.contains(night) && isEnded(store, night)) {
      ObjectNode json = result(store, store.record(night).orElseThrow());
      json.put("repeated", true);
      return Optional.of(
          new NightResult(json, "night " + night + " has ended before; nothing was changed"));
    }
    String newest = nights.isEmpty() ? night : nights.get(nights.size() - 1);
    if (!nights.contains(night) && Nights.ORDER.compare(night, newest) < 0) {
      ObjectNode json = of(store, night);
      json.put("late", true).put(PUBLISHED, false);
      return Optional.of(
          new NightResult(
              json,
              "night %s comes after night %s was begun: too late, nothing was changed"
                  .formatted(night, newest)));
    }
    if (unknown(store, recipe).isEmpty() && !nights.contains(night)) {
      return Optional.of(known(store, night));
    }
    return Optional.empty();
  }

  private static NightResult known(NightStore store, String night) {
    ObjectNode json = of(store, night);
    json.put("known", true).put(PUBLISHED, false);
    return new NightResult(json, "all tasks are learned already; nothing was changed");
  }

  /** Whether a night has its verdict, and is published if that says so. */
  private static boolean isEnded(NightStore store, String night) {
    Optional<ObjectNode> record = store.record(night);
    return record.isPresent()
        && (!record.get().path(PUBLISHED).asBoolean()
            || store
                .latest()
                .map(latest -> Nights.ORDER.compare(latest.taken(), night) >= 0)
                .orElse(false));
  }

  private Recipe storedRecipe(NightStore store, String night) {
    Path place = store.place(night);
    String json = PathStore.open(context.hadoop(), place).description().recipe().toString();
    return Recipe.fromJson(Command.ADAPT, place + "/path.json", json);
  }

  private NightResult take(NightStore store, Recipe asked, StoreLock lock) {
    String night = asked.night();
    if (store.record(night).isEmpty()) {
      List<Task> unknown = unknown(store, asked);
      if (unknown.isEmpty()) {
        // Others have taught them since the night was begun.
        if (PathStore.exists(context.hadoop(), store.place(night))) {
          store.discard(night);
        }
        return known(store, night);
      }
      walk(store, asked.withTasks(unknown), lock);
    }
    ObjectNode record = store.record(night).orElseThrow();
    boolean published = record.path(PUBLISHED).asBoolean();
    if (published) {
      store.publish(night);
    } else {
      LOG.warn("{}: night {} is not published: {}", root, night, record.path("refusal").asText());
    }
    ObjectNode json = result(store, record);
    return new NightResult(
        json,
        published
            ? "night %s is published%nnetwork %s".formatted(night, json.path("network").asText())
            : "night %s is not published: %s%nthe latest network stays %s"
                .formatted(
                    night, record.path("refusal").asText(), json.path("latest").asText("none")));
  }

  /** Walks the path of a night and writes its verdict. */
  private void walk(NightStore store, Recipe own, StoreLock lock) {
    Optional<NightStore.Latest> latest = store.latest();
    String before = latest.map(NightStore.Latest::night).orElse(NONE);
    Path place = store.place(own.night());
    discardUnlessBegunAt(before, store, own.night());
    Sources sources = new Sources(context, Command.ADAPT);
    Network start =
        StoredPath.begun(context, place, Command.ADAPT, own)
            .orElseGet(() -> start(store, latest, own, sources));
    sources.readEvaluations(own.evaluate(), start.classes());
    TaskHeads heads = TaskHeads.of(own, start, sources);
    AdaptResult.Run run =
        new TaskSequence(context, own, sources, heads, Map.of(BEFORE, before), lock)
            .walk(
                own.path().sampler(),
                place,
                start,
                choice ->
                    latest.isPresent()
                        ? Optional.of(kept(store.place(before)))
                        : sources.first(own.keep(), choice));
    List<String> tasks = own.tasks().stream().map(Task::name).toList();
    AdaptResult result =
        new AdaptResult(
            tasks, List.copyOf(own.evaluate().keySet()), own.incremental(), run, Map.of());
    Optional<ObjectNode> past = latest.flatMap(l -> store.record(l.night()));
    store.writeRecord(own.night(), record(own, before, past, result));
  }

  private Network start(
      NightStore store, Optional<NightStore.Latest> latest, Recipe own, Sources sources) {
    List<EncodedExamples> tasks =
        own.tasks().stream().map(task -> sources.read(task.train())).toList();
    Network start =
        latest.isPresent()
            ? Networks.grownFor(Network.load(store.network()), tasks)
            : Networks.start(own, tasks, context.hadoop());
    Networks.requireMovingHead(own, start, tasks);
    return start;
  }

  private static ObjectNode record(
      Recipe own, String before, Optional<ObjectNode> past, AdaptResult result) {
    List<Map<String, Evaluation>> rows = result.path().evaluations();
    Map<String, Evaluation> end = rows.get(rows.size() - 1);
    Map<String, Double> best = new TreeMap<>();
    past.ifPresent(
        json ->
            json.path(BEST)
                .properties()
                .forEach(entry -> best.put(entry.getKey(), entry.getValue().asDouble())));
    rows.get(0).forEach((set, evaluation) -> best.merge(set, evaluation.accuracy(), Math::max));
    Gate gate = Gate.judge(own.gate(), best, end, result.path().greatestDrift());
    ObjectNode record = JsonNodeFactory.instance.objectNode();
    record.put("night", own.night()).put("before", before);
    ArrayNode tasks = record.putArray("tasks");
    result.tasks().forEach(tasks::add);
    Set<String> learned = new LinkedHashSet<>(learned(past));
    record.put(PUBLISHED, gate.passed());
    record.set("gate", gate.toJson());
    if (gate.passed()) {
      learned.addAll(result.tasks());
      end.forEach((set, evaluation) -> best.merge(set, evaluation.accuracy(), Math::max));
    } else {
      record.put("refusal", gate.refusal());
    }
    ArrayNode names = record.putArray(LEARNED);
    learned.forEach(names::add);
    ObjectNode marks = record.putObject(BEST);
    best.forEach(marks::put);
    record.set(RESULT, result.toJson());
    return record;
  }

  /** A path that was begun at another network than the one published now is of no use. */
  private void discardUnlessBegunAt(String before, NightStore store, String night) {
    Path place = store.place(night);
    if (!PathStore.exists(context.hadoop(), place)) {
      return;
    }
    String begunAt = PathStore.open(context.hadoop(), place).description().provenance().get(BEFORE);
    if (!before.equals(begunAt)) {
      LOG.warn(
          "{}: was begun at the network of {}, and that of {} is published now; it begins anew",
          place,
          begunAt,
          before);
      store.discard(night);
    }
  }

  private Anchors kept(Path place) {
    PathStore path = PathStore.open(context.hadoop(), place);
    List<Long> steps = path.anchorSteps();
    return path.anchors(steps.get(steps.size() - 1)).orElseThrow();
  }

  private static List<Task> unknown(NightStore store, Recipe asked) {
    Set<String> learned = learned(store.latest().flatMap(latest -> store.record(latest.night())));
    return asked.tasks().stream().filter(task -> !learned.contains(task.name())).toList();
  }

  private static Set<String> learned(Optional<ObjectNode> record) {
    Set<String> names = new LinkedHashSet<>();
    record.ifPresent(json -> json.path(LEARNED).forEach(name -> names.add(name.asText())));
    return names;
  }

  private static ObjectNode of(NightStore store, String night) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("store", store.location()).put("night", night);
    store.latest().ifPresent(latest -> json.put("latest", latest.night()));
    return json;
  }

  private static ObjectNode result(NightStore store, ObjectNode record) {
    JsonNode stored = record.path(RESULT);
    ObjectNode json = stored.deepCopy();
    json.put("path", stored.path("store").asText());
    json.setAll(of(store, record.path("night").asText()));
    json.put(PUBLISHED, record.path(PUBLISHED).asBoolean());
    json.set("gate", record.path("gate"));
    return json;
  }
}
