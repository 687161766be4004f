package org.fip.spark.explore;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.data.EncodedExamples;
import org.fip.spark.data.DataSelector;
import org.fip.spark.explore.PointState.Status;
import org.fip.spark.job.JobContext;
import org.fip.spark.manifold.TaskPool;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Exploration;
import org.fip.spark.recipe.ExploreSettings;
import org.fip.spark.recipe.GridPoint;
import org.fip.spark.recipe.Halving;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.store.OutputKind;
import org.fip.spark.store.StoreLock;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Walks the paths of a grid, each in one task of Spark's with an engine session and a store of its
 * own. What is done is written by the tasks themselves, so neither an executor nor the driver takes
 * it along: the same job again goes on where the last one stopped.
 */
public final class ExploreJob {
  private static final ClassTag<EncodedExamples> EXAMPLES =
      ClassTag$.MODULE$.apply(EncodedExamples.class);
  private static final ClassTag<SerializableConfiguration> CONFIGURATION =
      ClassTag$.MODULE$.apply(SerializableConfiguration.class);

  /** How often the table is written while paths are walked. */
  private static final long CATALOGUE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** How often the status of paths that are walked is looked up in their stores. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long POLL_MILLIS = 1000;

  private final SparkContext spark;
  private final JobContext context;
  private final ExploreSettings settings;
  private final Exploration exploration;
  private final Ranking ranking;
  private ExplorationStore store;
  private final Map<String, Point> points = new LinkedHashMap<>();
  private final Map<String, PointState> states = new TreeMap<>();
  private final Map<String, Integer> failures = new HashMap<>();
  private final Map<DataSelector, Broadcast<EncodedExamples>> data = new HashMap<>();
  private Broadcast<SerializableConfiguration> hadoop;
  private PointProgress progress;
  private PointStatuses shown;
  private long catalogueAt;
  private long lookedAt;

  /** A job on Spark's executors; workers and data of the context are not asked. */
  public ExploreJob(SparkContext spark, JobContext context, Exploration exploration) {
    this.spark = spark;
    this.context = context;
    this.exploration = exploration;
    settings = exploration.settings();
    ranking = new Ranking(settings.measures(), settings.rank());
    store = new ExplorationStore(context.hadoop(), absolute("output", exploration.output()));
  }

  private Path absolute(String key, String path) {
    return RecipePaths.resolve(key, path, context.hadoop());
  }

  /**
   * Walks what is not walked yet, and ranks all paths.
   *
   * @throws FipException when data are wrong, before anything is written; when the recipe is not
   *     the one that the exploration was begun with, or the folder holds something else; when
   *     another process writes there; when there is no executor
   */
  public ExploreResult run() {
    Path output = absolute("output", exploration.output());
    OutputKind.EXPLORATION.requireNoOther(context.hadoop(), output);
    try (StoreLock lock = StoreLock.acquire(context.hadoop(), output)) {
      store = store.guardedBy(lock);
      return explore();
    }
  }

  private ExploreResult explore() {
    long begun = System.nanoTime();
    if (spark.conf().getBoolean("spark.speculation", false)) {
      throw new FipException(
          Category.CONFIGURATION,
          "spark.speculation is true, and two copies of a task would write to one path store; set"
              + " it to false");
    }
    findPoints();
    try {
      // Executors start meanwhile.
      prepare();
      try (TaskPool<String> pool = new TaskPool<>(spark)) {
        store.begin(settings.measures(), settings.rank());
        walk(pool);
      }
    } finally {
      if (!spark.isStopped()) {
        data.values().forEach(Broadcast::destroy);
        Optional.ofNullable(hadoop).ifPresent(Broadcast::destroy);
      }
    }
    List<Row> rows = writeCatalogue();
    return new ExploreResult(
        exploration.output(),
        store.catalogue().toString(),
        settings.measures(),
        rows,
        (System.nanoTime() - begun) / 1e9);
  }

  /** The points of the grid by name; one that was walked under another grid keeps its name. */
  private void findPoints() {
    Recipe any = exploration.points().get(0).recipe();
    states.putAll(store.open(settings.command(), exploration.keys(), Point.json(any)));
    Map<String, String> names = new HashMap<>();
    states
        .keySet()
        .forEach(name -> names.put(name.substring(name.length() - Point.IDENTITY_LENGTH), name));
    Set<String> identities = new HashSet<>();
    for (GridPoint gridPoint : exploration.points()) {
      Point point = Point.of(settings.command(), gridPoint, rungs(gridPoint.recipe()));
      if (!identities.add(point.identity())) {
        throw FipException.data(
            "explore.grid: the point %s is another one again, so a key of the grid changes nothing;"
                + " remove it",
            point.parameters());
      }
      String name = names.getOrDefault(point.identity(), point.name());
      points.put(name, point);
      states.merge(
          name,
          PointState.open(name, point.parameters()),
          (known, fresh) -> known.withParameters(point.parameters()));
    }
  }

  private List<Long> rungs(Recipe recipe) {
    return Rungs.steps(
        settings.halving(),
        Point.steps(settings.command(), recipe),
        recipe.path().checkpointEvery());
  }

  /** Reads the data of all paths that go on for certain, and ships them. */
  private void prepare() {
    Configuration configuration = context.hadoop();
    points.forEach(
        (name, point) -> {
          Status status = states.get(name).status();
          if (status == Status.OPEN || status == Status.FAILED) {
            point.selections().forEach(this::data);
          }
        });
    hadoop = spark.broadcast(new SerializableConfiguration(configuration), CONFIGURATION);
  }

  private Broadcast<EncodedExamples> data(DataSelector selector) {
    return data.computeIfAbsent(
        selector, absent -> spark.broadcast(context.data().apply(absent), EXAMPLES));
  }

  private void walk(TaskPool<String> pool) {
    int ready = (int) points.keySet().stream().filter(name -> states.get(name).finished()).count();
    progress = new PointProgress(context.progress(), System::nanoTime, points.size(), ready);
    shown = new PointStatuses(context, exploration.output(), store, points);
    points.keySet().forEach(name -> shown.show(states.get(name)));
    catalogueAt = System.nanoTime();
    lookedAt = catalogueAt;
    Set<String> alive = new HashSet<>(points.keySet());
    Halving halving = settings.halving();
    for (int rung = 0; rung < halving.rungs(); rung++) {
      walkTo(rung, alive, pool);
      alive.removeIf(name -> states.get(name).status() == Status.FAILED);
      if (rung + 1 < halving.rungs()) {
        stopDominated(rung, alive);
      }
    }
  }

  /** Walks all of these paths to a rung, or to where they fail. */
  private void walkTo(int rung, Set<String> alive, TaskPool<String> pool) {
    Deque<String> waiting = new ArrayDeque<>();
    points.forEach(
        (name, point) -> {
          if (alive.contains(name) && !point.reached(rung, states.get(name))) {
            waiting.add(name);
          }
        });
    while (!waiting.isEmpty() || pool.running() > 0) {
      while (!waiting.isEmpty() && pool.hasRoom()) {
        String name = waiting.remove();
        spark.setJobGroup(
            "explore",
            "explore: " + name + " to step " + points.get(name).rungs().get(rung),
            false);
        pool.submit(name, task(name, rung, pool.slotsOfOne()));
        shown.submitted(name);
      }
      Optional<TaskPool.Ended<String>> ended = pool.next(POLL_MILLIS);
      if (ended.isPresent() && take(ended.get())) {
        waiting.addFirst(ended.get().key());
      }
      report(rung, pool);
    }
  }

  private PointTask task(String name, int rung, int neighbours) {
    Point point = points.get(name);
    Recipe recipe = point.recipe();
    ObjectNode own = Point.json(recipe);
    own.put("output", store.store(name).toString());
    makeAbsolute(own, recipe);
    ((ObjectNode) own.path("path"))
        .put("evaluateEvery", Rungs.evaluateEvery(point.rungs(), recipe.path().evaluateEvery()));
    Map<DataSelector, Broadcast<EncodedExamples>> selections = new HashMap<>();
    point.selections().forEach(selector -> selections.put(selector, data(selector)));
    return new PointTask(
        states.get(name).toJson().toString(),
        settings.command(),
        own.toString(),
        store.store(name).toString(),
        store.points().toString(),
        point.rungs().get(rung),
        point.steps(),
        neighbours,
        hadoop,
        selections);
  }

  /** Executors have other working folders than the driver. */
  private void makeAbsolute(ObjectNode own, Recipe recipe) {
    if (recipe.network() != null) {
      own.put("network", absolute("network", recipe.network()).toString());
    }
    if (settings.command() == Command.CONNECT) {
      String to = absolute("connect.to", recipe.connect().to()).toString();
      ((ObjectNode) own.path("connect")).put("to", to);
    }
    if (settings.command() == Command.DIVERSIFY) {
      ArrayNode independent = ((ObjectNode) own.path("diversify")).putArray("independent");
      recipe
          .diversify()
          .independent()
          .forEach(folder -> independent.add(absolute("diversify.independent", folder).toString()));
    }
  }

  /** Takes over what a task has reached; whether the path is to be taken up again. */
  private boolean take(TaskPool.Ended<String> ended) {
    String name = ended.key();
    PointState before = states.get(name);
    PointState now =
        ended
            .answer()
            .map(PointState::parse)
            .orElseGet(() -> Failed.ofTask(ended.failure().orElseThrow(), before));
    states.put(name, now);
    shown.show(now);
    progress.walked(Math.max(0, now.steps() - before.steps()));
    if (now.status() != Status.FAILED) {
      return false;
    }
    boolean again =
        Failed.mayPass(now) && failures.merge(name, 1, Integer::sum) <= settings.retries();
    context.progress().note("explore: " + name + " failed: " + now.error());
    if (!again && ended.answer().isEmpty()) {
      store.write(now);
    }
    return again;
  }

  private void report(int rung, TaskPool<String> pool) {
    int done = 0;
    int failed = 0;
    long left = 0;
    for (Map.Entry<String, Point> entry : points.entrySet()) {
      PointState state = states.get(entry.getKey());
      switch (state.status()) {
        case FINISHED, STOPPED -> done++;
        case FAILED -> failed++;
        case OPEN -> left += stepsLeft(entry.getValue(), state, rung);
      }
    }
    progress.update(done, failed, Math.min(pool.running(), pool.slots()), left);
    if (System.nanoTime() - lookedAt > LOOK_NANOS) {
      shown.look();
      lookedAt = System.nanoTime();
    }
    if (System.nanoTime() - catalogueAt > CATALOGUE_NANOS) {
      writeCatalogue();
      catalogueAt = System.nanoTime();
    }
  }

  /** The steps before a path, the rungs to come weighed by the chance to reach them. */
  private long stepsLeft(Point point, PointState state, int rung) {
    double left = 0;
    long from = state.steps();
    double chance = 1;
    for (int next = rung; next < point.rungs().size(); next++) {
      left += chance * Math.max(0, point.rungs().get(next) - from);
      from = Math.max(from, point.rungs().get(next));
      chance *= settings.halving().keep();
    }
    return Math.round(left);
  }

  private void stopDominated(int rung, Set<String> alive) {
    Map<String, Map<String, Double>> figures = new TreeMap<>();
    for (String name : alive) {
      Map<String, Double> measured =
          states.get(name).figures().get(points.get(name).rungs().get(rung));
      if (measured != null) {
        figures.put(name, measured);
      }
    }
    Set<String> survivors = Rungs.survivors(figures, ranking, settings.halving().keep());
    for (String name : figures.keySet()) {
      PointState state = states.get(name);
      if (!survivors.contains(name)) {
        alive.remove(name);
        if (state.status() == Status.OPEN) {
          set(state.with(Status.STOPPED));
        }
      } else if (state.status() == Status.STOPPED) {
        set(state.with(Status.OPEN));
      }
    }
    context
        .progress()
        .note(
            String.format(
                Locale.ROOT,
                "explore: rung %d of %d: %d of %d paths go on",
                rung + 1,
                settings.halving().rungs(),
                alive.size(),
                figures.size()));
  }

  private void set(PointState state) {
    states.put(state.name(), state);
    store.write(state);
    shown.show(state);
  }

  private List<Row> writeCatalogue() {
    List<Row> rows = rows();
    store.writeCatalogue(new Catalogue(rows, settings.measures()).toParquet());
    return rows;
  }

  /** The points of the grid and finished ones of grids before, the best first. */
  private List<Row> rows() {
    return Row.all(states.values(), store, ranking, points::containsKey);
  }
}
