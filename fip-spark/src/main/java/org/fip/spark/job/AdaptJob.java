package org.fip.spark.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Rows;
import org.fip.core.manifold.Evaluation;
import org.fip.core.network.Network;
import org.fip.core.path.Constraint;
import org.fip.core.path.Stretch;
import org.fip.core.path.Waypoint;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.recipe.Sampler;
import org.fip.spark.recipe.Task;

/**
 * Continual learning: one task after the other along one path, each a stretch of it. The reference
 * of a stretch is the network at its start; its anchors are the recipe's and a sample of every task
 * before. Baselines walk paths of their own, from the same start, on the same data.
 */
public final class AdaptJob {
  private final JobContext context;
  private final Recipe recipe;
  private final Sources sources;
  private final List<EncodedExamples> tasks = new ArrayList<>();

  /** A job for a recipe of the command {@code adapt}. */
  public AdaptJob(JobContext context, Recipe recipe) {
    this.context = context;
    this.recipe = recipe;
    sources = new Sources(context);
  }

  /**
   * Walks the path and the baselines, or what of them is missing in the output folder.
   *
   * @throws org.fip.core.FipException when an input is wrong, before anything is written, or when
   *     storage or the workers fail; what is committed then stays for the next run
   */
  public AdaptResult run() {
    Path output = RecipePaths.resolve("output", recipe.output(), context.hadoop());
    Network start = Networks.start(recipe, context.hadoop());
    for (Task task : recipe.tasks()) {
      tasks.add(sources.read(task.train()));
    }
    EncodedExamples anchors = recipe.keep().isEmpty() ? null : sources.readAll(recipe.keep());
    start = Networks.grownFor(start, tasks);
    sources.readEvaluations(recipe.evaluate(), start.classes());
    AdaptResult.Run path = run(recipe.path().sampler(), output, start, anchors);
    Map<String, AdaptResult.Run> baselines = new LinkedHashMap<>();
    for (Sampler baseline : recipe.baselines()) {
      Path place = new Path(new Path(output, "baselines"), baseline.label());
      baselines.put(baseline.label(), run(baseline, place, start, anchors));
    }
    return new AdaptResult(
        recipe.tasks().stream().map(Task::name).toList(),
        List.copyOf(recipe.evaluate().keySet()),
        path,
        baselines);
  }

  private AdaptResult.Run run(
      Sampler kind, Path place, Network start, EncodedExamples firstAnchors) {
    Recipe own = kind == recipe.path().sampler() ? recipe : recipe.withSampler(kind);
    StoredPath path = StoredPath.open(context, place, own, start, sources.provenance());
    Samplers samplers = new Samplers(kind, recipe.path(), path.start(), recipe.seed());
    PathWalk walk = new PathWalk(context, recipe, path, sources);
    List<EncodedExamples> stretches = kind == Sampler.JOINT ? List.of(everything()) : tasks;
    long steps = (long) recipe.path().steps() * tasks.size() / stretches.size();
    Outputs outputs =
        new Outputs(walk, kind == Sampler.DER_PLUS_PLUS && !walk.reached(steps * tasks.size()));
    List<Map<String, Evaluation>> evaluations = new ArrayList<>();
    float[] reference = path.start().weights();
    EncodedExamples anchors =
        firstAnchors == null ? null : outputs.storedWith(firstAnchors, reference);
    EncodedExamples learned = firstAnchors;
    Waypoint last = null;
    for (int i = 0; i < stretches.size(); i++) {
      EncodedExamples task = stretches.get(i);
      Stretch stretch = new Stretch(i * steps, steps);
      boolean keeps = anchors != null;
      int kept = i + (firstAnchors == null ? 0 : 1);
      Map<String, EncodedExamples> data = new HashMap<>();
      data.put(Sources.TASK, task);
      data.put(Sources.ANCHORS, keeps ? anchors : probe(task));
      if (keeps && kind == Sampler.EWC) {
        data.put(Sources.LEARNED, sample(learned, recipe.path().ewc().examples()));
      }
      last =
          walk.walk(
              kind.label() + ": " + (kind == Sampler.JOINT ? "all" : recipe.tasks().get(i).name()),
              stretch,
              data,
              reference,
              Constraint.NONE,
              manifold -> samplers.learning(manifold, stretch, kept));
      if (i == 0) {
        evaluations.add(path.evaluation(0));
      }
      evaluations.add(path.evaluation(stretch.last()));
      reference = last.state().weights().clone();
      learned = task;
      EncodedExamples kept = outputs.storedWith(sample(task, recipe.anchorsPerTask()), reference);
      anchors = keeps ? EncodedExamples.concat(List.of(anchors, kept)) : kept;
    }
    path.writeFinal(last);
    return new AdaptResult.Run(path.report(last, recipe.evaluate().keySet()), evaluations);
  }

  /** All that joint training learns from: the tasks, and the data that anchors are drawn from. */
  private EncodedExamples everything() {
    List<EncodedExamples> all = new ArrayList<>();
    recipe.keep().forEach(selector -> all.add(sources.read(selector.unlimited())));
    all.addAll(tasks);
    return EncodedExamples.concat(all);
  }

  /** Examples that drift and displacement are measured on where nothing is kept. */
  private EncodedExamples probe(EncodedExamples task) {
    return sample(task, PathWalk.PROBE);
  }

  /** A class-balanced sample. */
  private EncodedExamples sample(EncodedExamples task, int limit) {
    int[] rows = new int[task.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
    }
    return task.select(Rows.balanced(task.labels(), rows, limit, recipe.seed()));
  }
}
