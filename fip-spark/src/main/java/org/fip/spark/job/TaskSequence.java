package org.fip.spark.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.fip.core.anchors.Anchors;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Rows;
import org.fip.core.manifold.Evaluation;
import org.fip.core.network.Network;
import org.fip.core.path.ChosenWeight;
import org.fip.core.path.Constraint;
import org.fip.core.path.Stretch;
import org.fip.core.path.Waypoint;
import org.fip.spark.data.DataSelector;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.Sampler;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StoreLock;

/**
 * A walk through the tasks of a recipe, each a stretch of one stored path. The reference of a
 * stretch is the network at its start. Its anchors are what the store has kept when it begins:
 * neither the recipe's own nor the data of a task that was learned are looked at again.
 */
final class TaskSequence {
  private final JobContext context;
  private final Recipe recipe;
  private final Sources sources;
  private final TaskHeads heads;
  private final Map<String, String> provenance;
  private final StoreLock lock;

  /**
   * A sequence.
   *
   * @param heads which outputs compete
   * @param provenance what a path is made from beside its data, by name
   * @param lock the right to write where paths are
   */
  TaskSequence(
      JobContext context,
      Recipe recipe,
      Sources sources,
      TaskHeads heads,
      Map<String, String> provenance,
      StoreLock lock) {
    this.context = context;
    this.recipe = recipe;
    this.sources = sources;
    this.heads = heads;
    this.provenance = provenance;
    this.lock = lock;
  }

  /**
   * Walks with a sampler, or what is missing of that walk.
   *
   * @param place of the path store
   * @param start the network, with outputs for all tasks
   * @param first the anchors of a path that begins, empty where nothing is kept yet; asked once
   */
  AdaptResult.Run walk(
      Sampler kind, Path place, Network start, Function<AnchorChoice, Optional<Anchors>> first) {
    Recipe own = kind == recipe.path().sampler() ? recipe : recipe.withSampler(kind);
    Map<String, String> made = sources.provenance();
    made.putAll(provenance);
    StoredPath path = StoredPath.open(context, place, own, start, made, lock);
    Samplers samplers = new Samplers(kind, own.path(), path.start(), recipe.seed());
    Constraint face = samplers.face(path.start());
    AnchorChoice choice = new AnchorChoice(context, recipe, kind.learnsFromAnchors());
    PathWalk plain = new PathWalk(context, recipe, path, sources);
    List<Stretch> stretches = stretches(kind);
    Optional<Waypoint> begun = learned(path, stretches.get(0));
    if (begun.isEmpty() && path.store().anchors(0).isEmpty()) {
      first.apply(choice).ifPresent(anchors -> path.store().writeAnchors(0, anchors));
    }
    List<Map<String, Evaluation>> evaluations = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    Waypoint last = null;
    for (int i = 0; i < stretches.size(); i++) {
      Stretch stretch = stretches.get(i);
      Double weight = kind == Sampler.JOINT ? null : recipe.tasks().get(i).anchorWeight();
      Optional<Waypoint> before = Optional.ofNullable(last);
      Optional<Waypoint> learned = i == 0 ? begun : learned(path, stretch);
      if (learned.isPresent()) {
        last = learned.get();
      } else {
        EncodedExamples task = task(kind, i);
        Optional<Anchors> anchors = anchors(path, stretch);
        int kept = path.store().anchorSteps().contains(0L) ? i + 1 : i;
        float[] reference =
            before
                .map(waypoint -> waypoint.state().weights())
                .orElse(path.start().weights())
                .clone();
        int stored = anchors.map(Anchors::size).orElse(0);
        TaskHeads.Division division =
            heads.at(kind, task, stored, path.start().withWeights(reference));
        PathWalk walk = plain.with(division.heads());
        last =
            walk.walk(
                kind.label()
                    + ": "
                    + (kind == Sampler.JOINT ? "all tasks" : recipe.tasks().get(i).name()),
                stretch,
                data(kind, i, anchors, task, new StoredOutputs(path, walk)),
                reference,
                face,
                manifold ->
                    samplers.learning(new Stage(manifold, face, stretch, kept, division, weight)));
        path.store()
            .writeAnchors(
                stretch.last(),
                choice.after(anchors, task, path.start().definition(), last.state().weights()));
      }
      if (i == 0) {
        evaluations.add(path.evaluation(0));
      }
      evaluations.add(last.evaluation());
      weights.add(weight == null ? ChosenWeight.of(last.state()) : Double.NaN);
    }
    path.writeFinal(last);
    return new AdaptResult.Run(
        path.report(last, recipe.evaluate().keySet()), evaluations, last.gradients(), weights);
  }

  /** The data sets that a stretch's steps and measurements ask for. */
  private Map<String, EncodedExamples> data(
      Sampler kind,
      int position,
      Optional<Anchors> anchors,
      EncodedExamples task,
      StoredOutputs outputs) {
    Map<String, EncodedExamples> data = new HashMap<>();
    data.put(Sources.TASK, task);
    EncodedExamples memory = anchors.map(Anchors::examples).orElse(null);
    if (memory == null) {
      data.put(Sources.ANCHORS, sample(task, PathWalk.PROBE));
      return data;
    }
    boolean stored = kind == Sampler.DER_PLUS_PLUS;
    data.put(Sources.ANCHORS, stored ? outputs.with(memory) : memory);
    if (kind == Sampler.ANCHORED
        && recipe.path().anchorWeight().auto()
        && recipe.tasks().get(position).anchorWeight() == null) {
      double share = recipe.path().auto().heldOut();
      data.putAll(HeldOut.of(task, anchors.orElseThrow(), share, recipe.seed()));
    }
    if (kind == Sampler.EWC) {
      EncodedExamples learned =
          position == 0 ? sources.readAll(recipe.keep()) : task(kind, position - 1);
      data.put(Sources.LEARNED, sample(learned, recipe.path().ewc().examples()));
    }
    return data;
  }

  /** What was kept when a stretch began; only a path that keeps nothing begins without. */
  private static Optional<Anchors> anchors(StoredPath path, Stretch stretch) {
    Optional<Anchors> anchors = path.store().anchors(stretch.first());
    return stretch.first() == 0 ? anchors : Optional.of(anchors.orElseThrow());
  }

  /**
   * What is learned on a stretch: joint training learns the tasks and what anchors are drawn from.
   */
  private EncodedExamples task(Sampler kind, int position) {
    if (kind != Sampler.JOINT) {
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
   * task of which a part is damaged is learned again, from its data.
   */
  private static Optional<Waypoint> learned(StoredPath path, Stretch stretch) {
    PathStore store = path.store();
    if (!store.anchorSteps().contains(stretch.last())
        || !store.steps().contains(stretch.last())
        || (stretch.first() == 0 && !isWhole(store, 0))) {
      return Optional.empty();
    }
    return store.until(stretch.last()).newest().filter(end -> end.step() == stretch.last());
  }

  private static boolean isWhole(PathStore store, long step) {
    return store.steps().contains(step)
        && store.until(step).newest().filter(newest -> newest.step() == step).isPresent();
  }

  /** A stretch for each task, or one as long as all of them for joint training. */
  private List<Stretch> stretches(Sampler kind) {
    long steps = recipe.path().walkSteps();
    int tasks = recipe.tasks().size();
    if (kind == Sampler.JOINT) {
      return List.of(new Stretch(0, tasks * steps));
    }
    return IntStream.range(0, tasks).mapToObj(i -> new Stretch(i * steps, steps)).toList();
  }
}
