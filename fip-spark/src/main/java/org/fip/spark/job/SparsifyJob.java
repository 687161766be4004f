package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.network.Network;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Widening;
import org.fip.core.path.SparsityFace;
import org.fip.core.path.Stretch;
import org.fip.core.path.Waypoint;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.recipe.SparsitySettings;
import org.fip.spark.store.StoreLock;

/** A path into ever narrower faces of weight space on which the function is kept. */
public final class SparsifyJob {
  /** Anchors that the metric of a compensation is taken over, and its iterations. */
  private static final int COMPENSATION_BATCH = 2000;

  private static final int COMPENSATION_ITERATIONS = 20;

  private final JobContext context;
  private final Recipe recipe;

  /** A job for a recipe of the command {@code sparsify}. */
  public SparsifyJob(JobContext context, Recipe recipe) {
    this.context = context;
    this.recipe = recipe;
  }

  /** Walks to the target, or goes on where an interrupted walk stopped. */
  public PathResult run() {
    SparsitySettings settings = recipe.sparsity();
    if (!settings.pattern().equals("unstructured")) {
      throw FipException.data(
          "sparsity.pattern is %s; this version walks to unstructured only", settings.pattern());
    }
    Path output = RecipePaths.resolve("output", recipe.output(), context.hadoop());
    Network start = Networks.start(recipe, context.hadoop());
    Sources sources = new Sources(context);
    EncodedExamples anchors = sources.readAll(recipe.keep());
    sources.readEvaluations(recipe.evaluate(), start.classes());
    try (StoreLock lock = StoreLock.acquire(context.hadoop(), output)) {
      StoredPath path = StoredPath.open(context, output, recipe, start, sources.provenance(), lock);
      return walk(path, sources, anchors);
    }
  }

  private PathResult walk(StoredPath path, Sources sources, EncodedExamples anchors) {
    SparsitySettings settings = recipe.sparsity();
    List<WeightLayout.Slot> counted = counted(path.start().layout(), settings);
    SparsityFace face = new SparsityFace(counted, face(settings, anchors.size()));
    Stretch stretch = new Stretch(0, recipe.path().steps());
    Samplers samplers = new Samplers(recipe.path().sampler(), recipe.path());
    Waypoint last =
        new PathWalk(context, recipe, path, sources)
            .walk(
                "sparsify",
                stretch,
                Map.of(Sources.ANCHORS, anchors),
                path.start().weights(),
                face,
                manifold -> samplers.keeping(manifold, face, stretch));
    path.writeFinal(last);
    ObjectNode report = path.report(last, recipe.evaluate().keySet());
    report.set("sparsity", sparsity(report, counted, last.state().weights()));
    return new PathResult(report, path.evaluation(0), path.evaluation(last.step()));
  }

  /** The tensors that the target is a share of. */
  private static List<WeightLayout.Slot> counted(WeightLayout layout, SparsitySettings settings) {
    List<Pattern> excluded = settings.exclude().stream().map(Pattern::compile).toList();
    List<WeightLayout.Slot> counted =
        layout.slots().stream()
            .filter(slot -> slot.parameter().role() != Parameter.Role.EMBEDDING)
            .filter(
                slot ->
                    excluded.stream().noneMatch(p -> p.matcher(slot.parameter().name()).matches()))
            .toList();
    if (counted.stream().noneMatch(s -> s.parameter().role() == Parameter.Role.WEIGHT)) {
      throw FipException.data("sparsity.exclude leaves no tensor whose weights can be removed");
    }
    return counted;
  }

  private SparsityFace.Settings face(SparsitySettings settings, int anchors) {
    Batch compensation =
        settings.compensate()
            ? new Batch(Sources.ANCHORS, Math.min(COMPENSATION_BATCH, anchors), Widening.NONE)
            : null;
    return new SparsityFace.Settings(
        settings.target(),
        settings.stages(),
        Math.round(settings.rampFraction() * recipe.path().steps()),
        compensation,
        COMPENSATION_ITERATIONS);
  }

  private ObjectNode sparsity(
      ObjectNode factory, List<WeightLayout.Slot> counted, float[] weights) {
    ObjectNode json = factory.objectNode();
    ArrayNode tensors = factory.arrayNode();
    long zeros = 0;
    long size = 0;
    for (WeightLayout.Slot slot : counted) {
      long count = 0;
      for (int i = slot.offset(); i < slot.end(); i++) {
        count += weights[i] == 0 ? 1 : 0;
      }
      tensors
          .addObject()
          .put("name", slot.parameter().name())
          .put("zeros", count)
          .put("weights", slot.parameter().size());
      zeros += count;
      size += slot.parameter().size();
    }
    json.put("target", recipe.sparsity().target());
    json.put("achieved", (double) zeros / size);
    json.put("pattern", recipe.sparsity().pattern());
    json.put("zeros", zeros);
    json.put("counted", size);
    json.put("definition", "zeros as a share of the weights and biases of all counted tensors");
    json.set("tensors", tensors);
    return json;
  }
}
