package org.fip.spark.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.fip.core.data.EncodedExamples;
import org.fip.core.network.Network;
import org.fip.spark.data.DataSelector;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.recipe.SamplerKind;
import org.fip.spark.recipe.Task;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StoreLock;

/**
 * Continual learning: one task after the other along one path, as {@link TaskSequence} walks them.
 * Baselines walk paths of their own, from the same start, on the same data.
 */
public final class AdaptJob {
  private final JobContext context;
  private final Recipe recipe;
  private final Sources sources;

  /** A job for a recipe of the command {@code adapt}. */
  public AdaptJob(JobContext context, Recipe recipe) {
    this.context = context;
    this.recipe = recipe;
    sources = new Sources(context, Command.ADAPT);
  }

  /**
   * Walks the path and the baselines, or what of them is missing in the output folder.
   *
   * @throws org.fip.core.FipException when an input is wrong, before anything is written; when
   *     another process writes there, or when storage or the workers fail; what is committed then
   *     stays for the next run
   */
  public AdaptResult run() {
    Path output = RecipePaths.resolve("output", recipe.output(), context.hadoop());
    Optional<Network> begun = StoredPath.begun(context, output, Command.ADAPT, recipe);
    Network start = begun.orElseGet(this::start);
    if (begun.isEmpty()) {
      requireLabelsOfKept(output, start.classes());
      requireAlike();
    }
    sources.readEvaluations(recipe.evaluate(), start.classes());
    TaskHeads heads = TaskHeads.of(recipe, start, sources);
    try (StoreLock lock = StoreLock.acquire(context.hadoop(), output)) {
      TaskSequence sequence = new TaskSequence(context, recipe, sources, heads, Map.of(), lock);
      AdaptResult.Run path = walk(sequence, recipe.path().sampler(), output, start);
      requireLabelsOfKept(output, start.classes());
      Map<String, AdaptResult.Run> baselines = new LinkedHashMap<>();
      for (SamplerKind baseline : recipe.baselines()) {
        baselines.put(baseline.label(), walk(sequence, baseline, place(output, baseline), start));
      }
      return new AdaptResult(
          recipe.tasks().stream().map(Task::name).toList(),
          List.copyOf(recipe.evaluate().keySet()),
          recipe.incremental(),
          path,
          baselines);
    }
  }

  private AdaptResult.Run walk(TaskSequence sequence, SamplerKind kind, Path place, Network start) {
    return sequence.walk(kind, place, start, choice -> sources.first(recipe.keep(), choice));
  }

  /** The network of a new path. */
  private Network start() {
    Network start = Networks.start(recipe, tasks(), context.hadoop());
    Networks.requireMovingHead(recipe, start, tasks());
    return start;
  }

  private List<EncodedExamples> tasks() {
    return recipe.tasks().stream().map(task -> sources.read(task.train())).toList();
  }

  /** Fails when a walk that is to begin reads labels of what is kept that are not there. */
  private void requireLabelsOfKept(Path output, int classes) {
    Map<SamplerKind, Path> walks = new LinkedHashMap<>();
    recipe.baselines().forEach(baseline -> walks.put(baseline, place(output, baseline)));
    walks.put(recipe.path().sampler(), output);
    if (walks.entrySet().stream()
        .noneMatch(
            walk ->
                walk.getKey().readsLabelsOfKept()
                    && !PathStore.exists(context.hadoop(), walk.getValue()))) {
      return;
    }
    for (DataSelector selector : recipe.keep()) {
      EncodedExamples examples = sources.read(selector);
      Networks.requireLabels(examples, "replay, der++, ewc and joint read the labels of keep");
      examples.checkLabels(classes, "keep");
    }
  }

  private static Path place(Path output, SamplerKind baseline) {
    return new Path(new Path(output, "baselines"), baseline.label());
  }

  /**
   * Fails where what is kept of a task could not join what was kept before it; all that a path is
   * made from is read, so that errors come before it begins.
   */
  private void requireAlike() {
    Stream<EncodedExamples> all =
        Stream.concat(recipe.keep().stream().map(sources::read), tasks().stream());
    EncodedExamples.concat(
        all.map(examples -> examples.withoutLabels().slice(0, Math.min(1, examples.size())))
            .toList());
  }
}
