package org.fip.spark.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.fip.core.anchors.Anchors;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Rows;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.ChosenWeight;
import org.fip.core.path.Constraint;
import org.fip.core.path.Measurement;
import org.fip.core.path.SamplerFactory;
import org.fip.core.path.Stretch;
import org.fip.core.path.Waypoint;
import org.fip.spark.data.DataSelector;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.SamplerKind;
import org.fip.spark.recipe.StretchSteps;
import org.fip.spark.store.PathStore;

/**
 * A walk through the tasks of a recipe, each a stretch of one stored path. The reference of a
 * stretch is the network at its start. Its anchors are what the store has kept when it begins; of
 * the data of tasks that were learned only joint training and elastic weights look at any again.
 */
final class TaskWalk {
  private final JobContext context;
  private final Recipe recipe;
  private final SamplerKind kind;
  private final Sources sources;
  private final TaskHeads heads;
  private final StoredPath path;
  private final Samplers samplers;
  private final Constraint face;
  private final AnchorChoice choice;

  /**
   * A walk along a path.
   *
   * @param recipe with the sampler that walks
   * @param heads which outputs compete
   */
  TaskWalk(JobContext context, Recipe recipe, Sources sources, TaskHeads heads, StoredPath path) {
    this.context = context;
    this.recipe = recipe;
    this.sources = sources;
    this.heads = heads;
    this.path = path;
    kind = recipe.path().sampler();
    samplers = new Samplers(kind, recipe.path(), path.start(), recipe.seed());
    face = samplers.face(path.start());
    choice = new AnchorChoice(context, recipe, kind.learnsFromAnchors());
  }

  /**
   * Walks, or what is missing of the walk.
   *
   * @param first the anchors of a path that begins, empty where nothing is kept yet; asked once
   */
  AdaptResult.Run run(Function<AnchorChoice, Optional<Anchors>> first) {
    if (!path.store().anchorSteps().contains(0L)) {
      first.apply(choice).ifPresent(anchors -> path.store().writeAnchors(0, anchors));
    }
    boolean keepsFromTheStart = path.store().anchorSteps().contains(0L);
    List<Map<String, Evaluation>> evaluations = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    List<Optional<Double>> drifts = new ArrayList<>();
    Waypoint last = null;
    List<Stretch> stretches = stretches(keepsFromTheStart);
    PathWalk plain =
        new PathWalk(context, recipe, path, sources)
            .comparing(path.start().weights())
            .along(stretches.get(stretches.size() - 1).last());
    int keptBefore = keepsFromTheStart ? 1 : 0;
    for (int i = 0; i < stretches.size(); i++) {
      Stretch stretch = stretches.get(i);
      Waypoint before = last;
      int position = i;
      last =
          learned(stretch)
              .orElseGet(() -> learn(plain, stretch, position, keptBefore + position, before));
      if (i == 0) {
        evaluations.add(path.evaluation(0));
      }
      evaluations.add(last.evaluation());
      weights.add(weight(i) == null ? ChosenWeight.of(last.state()) : Double.NaN);
      List<Measurement> measured = last.measurements();
      drifts.add(
          Optional.of(measured.get(measured.size() - 1).drift())
              .filter(drift -> keptBefore + position > 0));
    }
    path.writeFinal(last);
    return new AdaptResult.Run(
        path.report(last, recipe.evaluate().keySet()),
        evaluations,
        last.gradients(),
        weights,
        drifts);
  }

  /** The weight of the drift that a task has for itself; null for the recipe's. */
  private Double weight(int position) {
    return kind == SamplerKind.JOINT ? null : recipe.tasks().get(position).anchorWeight();
  }

  /**
   * Walks a stretch, and keeps what is chosen of its task.
   *
   * @param kept how many tasks are kept meanwhile, what the start knew among them
   * @param before the end of the stretch before; null for the first
   */
  private Waypoint learn(PathWalk plain, Stretch stretch, int position, int kept, Waypoint before) {
    EncodedExamples task = task(position);
    Optional<Anchors> anchors = anchors(stretch);
    float[] reference =
        (before == null ? path.start().weights() : before.state().weights()).clone();
    TaskHeads.Division division =
        heads.at(
            kind, task, anchors.map(Anchors::size).orElse(0), path.start().withWeights(reference));
    PathWalk walk = plain.with(division.heads());
    String name = kind == SamplerKind.JOINT ? "all tasks" : recipe.tasks().get(position).name();
    Waypoint end =
        walk.walk(
            kind.label() + ": " + name,
            stretch,
            data(position, anchors, task, new StoredOutputs(path, walk)),
            reference,
            face,
            sampler(samplers, face, stretch, kept, division, weight(position)));
    path.store()
        .writeAnchors(
            stretch.last(),
            choice.after(anchors, task, path.start().definition(), end.state().weights()));
    return end;
  }

  /** What workers are sent, who must not be sent this walk. */
  private static SamplerFactory sampler(
      Samplers samplers,
      Constraint face,
      Stretch stretch,
      int kept,
      TaskHeads.Division division,
      Double weight) {
    return manifold ->
        samplers.learning(new Stage(manifold, face, stretch, kept, division, weight));
  }

  /** The data sets that a stretch's steps and measurements ask for. */
  private Map<String, EncodedExamples> data(
      int position, Optional<Anchors> anchors, EncodedExamples task, StoredOutputs outputs) {
    Map<String, EncodedExamples> data = new HashMap<>();
    data.put(Sources.TASK, task);
    EncodedExamples memory = anchors.map(Anchors::examples).orElse(null);
    if (memory == null) {
      data.put(Sources.ANCHORS, sample(task, PathWalk.PROBE));
      return data;
    }
    boolean stored = kind == SamplerKind.DER_PLUS_PLUS;
    data.put(Sources.ANCHORS, stored ? outputs.with(memory) : memory);
    if (kind == SamplerKind.ANCHORED && recipe.path().anchorWeight().auto()) {
      double share = recipe.path().auto().heldOut();
      if (weight(position) == null) {
        data.putAll(HeldOut.of(task, anchors.orElseThrow(), share, recipe.seed()));
      } else {
        data.put(Sources.ANCHORS, HeldOut.seen(anchors.orElseThrow(), share));
      }
    }
    if (kind == SamplerKind.EWC) {
      EncodedExamples learned = position == 0 ? sources.readAll(recipe.keep()) : task(position - 1);
      data.put(Sources.LEARNED, sample(learned, recipe.path().ewc().examples()));
    }
    return data;
  }

  /** What was kept when a stretch began; only a path that keeps nothing begins without. */
  private Optional<Anchors> anchors(Stretch stretch) {
    Optional<Anchors> anchors = path.store().anchors(stretch.first());
    return stretch.first() == 0 ? anchors : Optional.of(anchors.orElseThrow());
  }

  /**
   * What is learned on a stretch: joint training learns the tasks and what anchors are drawn from.
   */
  private EncodedExamples task(int position) {
    if (kind != SamplerKind.JOINT) {
      return sources.read(recipe.tasks().get(position).train());
    }
    List<DataSelector> all = new ArrayList<>();
    recipe.keep().forEach(selector -> all.add(selector.unlimited()));
    recipe.tasks().forEach(each -> all.add(each.train()));
    return sources.readAll(all);
  }

  /** A class-balanced sample. */
  private EncodedExamples sample(EncodedExamples task, int limit) {
    int[] rows = IntStream.range(0, task.size()).toArray();
    return task.select(Rows.balanced(task.labels(), rows, limit, recipe.seed()));
  }

  /**
   * The end of a task that was learned, when what is kept of it and what is reported are there. A
   * task of which a waypoint is damaged is learned again, from its data.
   */
  private Optional<Waypoint> learned(Stretch stretch) {
    PathStore store = path.store();
    if (!store.anchorSteps().contains(stretch.last())
        || !store.steps().contains(stretch.last())
        || (stretch.first() == 0 && !store.isWhole(0))) {
      return Optional.empty();
    }
    return store.until(stretch.last()).newest().filter(end -> end.step() == stretch.last());
  }

  /**
   * A stretch for each task, or one as long as all of them for joint training. The first may have
   * another length where nothing is kept while it is walked.
   */
  private List<Stretch> stretches(boolean keepsFromTheStart) {
    int tasks = recipe.tasks().size();
    if (kind == SamplerKind.JOINT) {
      return List.of(new Stretch(0, tasks * (long) recipe.path().walkSteps()));
    }
    StretchSteps steps = recipe.path().stretches(keepsFromTheStart);
    return IntStream.range(0, tasks)
        .mapToObj(i -> new Stretch(steps.end(i), steps.end(i + 1) - steps.end(i)))
        .toList();
  }
}
