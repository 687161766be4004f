package org.fip.spark.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.network.Network;
import org.fip.core.objective.Batch;
import org.fip.core.path.Constraint;
import org.fip.core.path.Curve;
import org.fip.core.path.CurveSampler;
import org.fip.core.path.CurveWalk;
import org.fip.core.path.Schedule;
import org.fip.core.path.Stretch;
import org.fip.core.path.Waypoint;
import org.fip.core.symmetry.WeightMatching;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.ConnectSettings;
import org.fip.spark.recipe.ConnectSettings.Alignment;
import org.fip.spark.recipe.PathSettings;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.store.PathDescription;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StoreLock;

/**
 * A path of least length in output space between two networks: a curve is relaxed in a store of its
 * own, {@code relaxation}, then its points become the waypoints of the job's store, and those of
 * the straight line the waypoints of {@code straight}.
 */
public final class ConnectJob {
  private static final String END = "connect.to weights sha256";

  private final JobContext context;
  private final Recipe recipe;
  private final ConnectSettings settings;
  private final Sources sources;

  /** A job for a recipe of the command {@code connect}. */
  public ConnectJob(JobContext context, Recipe recipe) {
    this.context = context;
    this.recipe = recipe;
    settings = recipe.connect();
    sources = new Sources(context, Command.CONNECT);
  }

  /** Finds the path, or goes on where an interrupted run stopped. */
  public ConnectResult run() {
    Path output = RecipePaths.resolve("output", recipe.output(), context.hadoop());
    Network start =
        StoredPath.begun(context, output, Command.CONNECT, recipe)
            .orElseGet(() -> Networks.start(recipe, context.hadoop()));
    Network end = Networks.load("connect.to", settings.to(), context.hadoop());
    float[] there = end.weightsLike(start);
    if (settings.align() == Alignment.WEIGHTS) {
      there = WeightMatching.align(start, start.withWeights(there), recipe.seed());
    }
    end = start.withWeights(there).restrictedTo(recipe.path().tensors().selection());
    EncodedExamples anchors = sources.readAll(recipe.keep());
    sources.readEvaluations(recipe.evaluate(), start.classes());
    try (StoreLock lock = StoreLock.acquire(context.hadoop(), output)) {
      return find(output, start, end, Map.of(Sources.ANCHORS, anchors), lock);
    }
  }

  private ConnectResult find(
      Path output, Network start, Network end, Map<String, EncodedExamples> data, StoreLock lock) {
    Map<String, String> made = new LinkedHashMap<>(sources.provenance());
    made.put(END, StoredPath.sha256(end.weights()));
    StoredPath path = StoredPath.open(context, output, recipe, start, made, lock);
    requireSameEnd(path.store(), made.get(END));
    float[] from = path.start().weights();
    float[] to = end.weightsLike(path.start());
    Curve curve = relax(new Path(output, "relaxation"), path.start(), to, data, lock);
    Waypoint last = walk(path, "path", curve, data);
    path.writeFinal(last);
    StoredPath straight =
        StoredPath.open(
            context,
            new Path(output, "straight"),
            recipe,
            path.start(),
            sources.provenance(),
            lock);
    walk(straight, "straight line", Curve.straight(from, to, settings.bends()), data);
    return new ConnectResult(
        path.report(last, recipe.evaluate().keySet()),
        Course.of(path.store()),
        Course.of(straight.store()));
  }

  /** Whether a stored path is one between two networks, all of whose points are its result. */
  public static boolean isOf(PathDescription path) {
    return Command.CONNECT.label().equals(path.provenance().get(Sources.COMMAND));
  }

  private void requireSameEnd(PathStore store, String sha256) {
    if (!sha256.equals(store.description().provenance().getOrDefault(END, sha256))) {
      throw FipException.data(
          "connect.to: %s is not the network that the path in %s was begun to; use another output",
          settings.to(), store.location());
    }
  }

  private Curve relax(
      Path place, Network start, float[] to, Map<String, EncodedExamples> data, StoreLock lock) {
    float[] from = start.weights();
    int bends = settings.bends();
    Network middle = start.withWeights(Curve.straight(from, to, bends).nodes().get(bends / 2 + 1));
    StoredPath store = StoredPath.open(context, place, recipe, middle, sources.provenance(), lock);
    Stretch stretch = new Stretch(0, recipe.path().walkSteps());
    CurveSampler.Settings curve = sampler();
    Schedule schedule = recipe.path().schedule();
    Waypoint last =
        new PathWalk(context, recipe, store, sources)
            .walk(
                "connect: relax",
                stretch,
                data,
                from,
                Constraint.NONE,
                manifold -> new CurveSampler(manifold, from, to, curve, schedule, stretch));
    return CurveSampler.curve(last.state(), from, to, bends);
  }

  private CurveSampler.Settings sampler() {
    PathSettings path = recipe.path();
    return new CurveSampler.Settings(
        settings.bends(),
        path.distance(),
        new Batch(Sources.ANCHORS, path.anchorBatch(), path.widening().widening(Sources.ANCHORS)),
        path.learningRate(),
        recipe.seed());
  }

  private Waypoint walk(
      StoredPath store, String name, Curve curve, Map<String, EncodedExamples> data) {
    int points = settings.points();
    forgetFromFirstLoss(store.store(), points);
    return new PathWalk(context, recipe, store, sources)
        .walkSlowly(
            "connect: " + name,
            new Stretch(0, points),
            data,
            store.start().weights(),
            manifold -> new CurveWalk(manifold, curve, points));
  }

  /** Points after one that is missing or damaged are walked to once more, along the same curve. */
  private static void forgetFromFirstLoss(PathStore store, int points) {
    List<Long> steps = store.steps();
    long whole = 0;
    while (whole <= points && store.isWhole(whole)) {
      whole++;
    }
    long first = whole;
    store.delete(steps.stream().filter(step -> step >= first).toList(), List.of());
  }
}
