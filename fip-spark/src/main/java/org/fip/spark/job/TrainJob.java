package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Rows;
import org.fip.core.network.Network;
import org.fip.core.path.Constraint;
import org.fip.core.path.Stretch;
import org.fip.core.path.Waypoint;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StoreLock;

/**
 * Ordinary training: a path on which nothing is kept. Drift is measured on a sample of the training
 * data.
 */
public final class TrainJob {
  private final JobContext context;
  private final Recipe recipe;

  /** A job for a recipe of the command {@code train}. */
  public TrainJob(JobContext context, Recipe recipe) {
    this.context = context;
    this.recipe = recipe;
  }

  /** Trains, or goes on where an interrupted training stopped. */
  public PathResult run() {
    Path output = RecipePaths.resolve("output", recipe.output(), context.hadoop());
    Sources sources = new Sources(context, Command.TRAIN);
    EncodedExamples task = sources.read(recipe.tasks().get(0).train());
    Network start = Networks.grownFor(Networks.start(recipe, context.hadoop()), List.of(task));
    if (!PathStore.exists(context.hadoop(), output)) {
      Networks.requireMovingHead(recipe, start, List.of(task));
    }
    sources.readEvaluations(recipe.evaluate(), start.classes());
    try (StoreLock lock = StoreLock.acquire(context.hadoop(), output)) {
      StoredPath path = StoredPath.open(context, output, recipe, start, sources.provenance(), lock);
      return walk(path, sources, task);
    }
  }

  private PathResult walk(StoredPath path, Sources sources, EncodedExamples task) {
    Stretch stretch = new Stretch(0, recipe.path().walkSteps());
    Samplers samplers =
        new Samplers(recipe.path().sampler(), recipe.path(), path.start(), recipe.seed());
    Constraint face = samplers.face(path.start());
    Waypoint last =
        new PathWalk(context, recipe, path, sources)
            .walk(
                "train: " + recipe.tasks().get(0).name(),
                stretch,
                Map.of(Sources.ANCHORS, sample(task), Sources.TASK, task),
                path.start().weights(),
                face,
                manifold -> samplers.learning(new Stage(manifold, face, stretch, 0)));
    path.writeFinal(last);
    ObjectNode report = path.report(last, recipe.evaluate().keySet());
    return new PathResult(report, path.evaluation(0), path.evaluation(last.step()));
  }

  /** Training examples that displacement is measured on. */
  private EncodedExamples sample(EncodedExamples task) {
    int[] order = Rows.permutation(task.size(), recipe.seed());
    return task.select(Arrays.copyOf(order, Math.min(PathWalk.PROBE, order.length)));
  }
}
