package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Evaluation;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.network.Network;
import org.fip.core.path.Penalty;
import org.fip.core.path.SparsityFace;
import org.fip.core.path.Stretch;
import org.fip.core.path.Waypoint;
import org.fip.spark.manifold.WorkersSettings;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.recipe.SamplerKind;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StoreLock;

/**
 * A path into ever narrower faces of weight space on which the function is kept, with a finished
 * network at each sparsity of a curve: a stretch leads to each, and the next one goes on from
 * there. The reference is the start network throughout.
 */
public final class SparsifyJob {
  private final JobContext context;
  private final Recipe recipe;
  private final Sources sources;
  private EncodedExamples anchors;

  /** One sparsity that was reached: the waypoint there, and its evaluation sets by name. */
  private record Reached(double target, Waypoint waypoint, ObjectNode zeros) {}

  /** A job for a recipe of the command {@code sparsify}. */
  public SparsifyJob(JobContext context, Recipe recipe) {
    this.context = context;
    this.recipe = recipe;
    sources = new Sources(context, Command.SPARSIFY);
  }

  /** Walks to the target, or goes on where an interrupted walk stopped. */
  public PathResult run() {
    Path output = RecipePaths.resolve("output", recipe.output(), context.hadoop());
    Network start = Networks.start(recipe, context.hadoop());
    anchors = sources.readAll(recipe.keep());
    sources.readEvaluations(recipe.evaluate(), start.classes());
    requireLabels(start);
    if (recipe.sparsity().smaller() && !start.canBeSmaller()) {
      throw FipException.data(
          "sparsity.smaller is true; config.json of %s cannot say that a layer has fewer channels, so"
              + " removed ones stay as zeros: set it to false",
          start.config().architecture());
    }
    Network moving = start.restrictedTo(recipe.path().tensors().selection());
    new SparsityPlan(recipe, moving, anchors.size());
    try (StoreLock lock = StoreLock.acquire(context.hadoop(), output)) {
      return run(output, start, lock);
    }
  }

  private PathResult run(Path output, Network start, StoreLock lock) {
    StoredPath path = StoredPath.open(context, output, recipe, start, sources.provenance(), lock);
    List<Reached> curve = walk(recipe.path().sampler(), path, "sparsify");
    Waypoint last = curve.get(curve.size() - 1).waypoint;
    ObjectNode report = path.report(last, recipe.evaluate().keySet());
    ObjectNode sparsity = curve.get(curve.size() - 1).zeros;
    sparsity.set("curve", curve(report, path, curve));
    report.set("sparsity", sparsity);
    ObjectNode baselines = report.objectNode();
    for (SamplerKind baseline : recipe.baselines()) {
      baselines.set(baseline.label(), baseline(report, baseline, output, path, lock));
    }
    if (!baselines.isEmpty()) {
      report.set("baselines", baselines);
    }
    return new PathResult(report, path.evaluation(0), path.evaluation(last.step()));
  }

  /** Fails when something that is asked for reads labels and there are none, or wrong ones. */
  private void requireLabels(Network start) {
    boolean read =
        recipe.sparsity().labels()
            || recipe.path().sampler() == SamplerKind.FINE_TUNING
            || recipe.baselines().contains(SamplerKind.FINE_TUNING);
    if (!read) {
      return;
    }
    if (anchors.labels().length == 0) {
      throw FipException.data(
          "%s has no labels, which sparsity.labels and fine-tuning read", anchors.source());
    }
    anchors.checkLabels(start.classes(), "keep");
  }

  private List<Reached> walk(SamplerKind kind, StoredPath path, String name) {
    Network start = path.start();
    SparsityPlan plan = new SparsityPlan(recipe, start, anchors.size());
    SparsityFiles files = new SparsityFiles(start, plan.counted(), recipe.sparsity());
    Samplers samplers = new Samplers(kind, recipe.path(), start, recipe.seed());
    List<Double> targets = recipe.sparsity().targets();
    PathWalk walk =
        new PathWalk(context, recipe, path, sources)
            .along((long) targets.size() * recipe.path().walkSteps());
    boolean decides = recipe.sparsity().decisions() && !kind.removesAtOnce();
    EncodedExamples examples =
        decides ? Decisions.asLabels(anchors, walk, start.weights()) : anchors;
    boolean labels = decides || recipe.sparsity().labels();
    List<Reached> reached = new ArrayList<>();
    double before = 0;
    for (int i = 0; i < targets.size(); i++) {
      double target = targets.get(i);
      Stretch stretch =
          new Stretch((long) i * recipe.path().walkSteps(), recipe.path().walkSteps());
      SparsityFace face = plan.face(kind, stretch, before, target);
      Penalty penalty = plan.penalty(kind, target);
      Waypoint at =
          walk.walk(
              targets.size() == 1 ? name : name + " to " + target,
              stretch,
              Map.of(Sources.ANCHORS, examples),
              start.weights(),
              face,
              manifold ->
                  samplers.keeping(
                      new Stage(manifold, face, stretch, kind.replays() ? 1 : 0), penalty, labels));
      float[] weights = at.state().weights();
      if (i < targets.size() - 1) {
        path.writeOnTheWay(
            Double.toString(target), at, folder -> files.write(folder, target, weights));
      } else {
        path.writeFinal(at, folder -> files.write(folder, target, weights));
      }
      if (recipe.sparsity().smaller()) {
        path.writeSmaller(smallerName(target), at);
      }
      reached.add(new Reached(target, at, files.summary(target, weights)));
      before = target;
    }
    return reached;
  }

  private static String smallerName(double target) {
    return target + "-smaller";
  }

  private ArrayNode curve(ObjectNode factory, StoredPath path, List<Reached> reached) {
    ArrayNode curve = factory.arrayNode();
    for (int i = 0; i < reached.size(); i++) {
      Reached at = reached.get(i);
      String place = i == reached.size() - 1 ? "network" : PathStore.CURVE + "/" + at.target;
      ObjectNode entry =
          entry(curve, at.target, at.zeros.path("achieved").asDouble(), at.waypoint.evaluation());
      entry.put("step", at.waypoint.step());
      entry.put("network", path.store().location() + "/" + place);
      if (recipe.sparsity().smaller()) {
        entry.put(
            "smaller",
            path.store().location() + "/" + PathStore.CURVE + "/" + smallerName(at.target));
      }
    }
    return curve;
  }

  private static ObjectNode entry(
      ArrayNode curve, double target, double achieved, Map<String, Evaluation> evaluation) {
    ObjectNode entry = curve.addObject().put("target", target).put("achieved", achieved);
    ObjectNode sets = entry.putObject("evaluation");
    evaluation.forEach(
        (set, value) ->
            sets.putObject(set).put("accuracy", value.accuracy()).put("loss", value.loss()));
    return entry;
  }

  private ObjectNode baseline(
      ObjectNode factory, SamplerKind kind, Path output, StoredPath own, StoreLock lock) {
    ArrayNode curve;
    if (kind == SamplerKind.ONE_SHOT) {
      curve = oneShot(factory, own.start());
    } else {
      Path place = new Path(new Path(output, "baselines"), kind.label());
      StoredPath path =
          StoredPath.open(
              context, place, recipe.withSampler(kind), own.start(), sources.provenance(), lock);
      curve = curve(factory, path, walk(kind, path, kind.label()));
    }
    ObjectNode json = factory.objectNode();
    json.set("evaluation", curve.get(curve.size() - 1).path("evaluation"));
    json.set("curve", curve);
    return json;
  }

  /** Evaluates the start network with its smallest weights removed. */
  private ArrayNode oneShot(ObjectNode factory, Network start) {
    SparsityPlan plan = new SparsityPlan(recipe, start, anchors.size());
    SparsityFiles files = new SparsityFiles(start, plan.counted(), recipe.sparsity());
    ArrayNode curve = factory.arrayNode();
    WorkersSettings settings =
        new WorkersSettings(recipe.seed(), recipe.path().shards(), recipe.path().memoryBytes());
    try (Manifold manifold =
        new Manifold(
            context.workers().open(start.definition(), settings, sources.with(Map.of())),
            start.weights())) {
      for (double target : recipe.sparsity().targets()) {
        float[] weights = plan.atOnce(start.weights(), target);
        Map<String, Evaluation> evaluation = new LinkedHashMap<>();
        try (Point point = manifold.at(weights)) {
          sources
              .evaluationKeys()
              .forEach((name, key) -> evaluation.put(name, point.evaluate(key)));
        }
        entry(
            curve, target, files.summary(target, weights).path("achieved").asDouble(), evaluation);
      }
    }
    return curve;
  }
}
