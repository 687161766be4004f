package org.fip.spark.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.fip.core.anchors.Anchors;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Evaluation;
import org.fip.core.network.Network;
import org.fip.core.path.Constraint;
import org.fip.core.path.Stretch;
import org.fip.core.path.Waypoint;
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
  private final Map<String, String> provenance;
  private final StoreLock lock;

  /**
   * A sequence.
   *
   * @param provenance what a path is made from beside its data, by name
   * @param lock the right to write where paths are
   */
  TaskSequence(
      JobContext context,
      Recipe recipe,
      Sources sources,
      Map<String, String> provenance,
      StoreLock lock) {
    this.context = context;
    this.recipe = recipe;
    this.sources = sources;
    this.provenance = provenance;
    this.lock = lock;
  }

  /**
   * Walks with a sampler, or what is missing of that walk.
   *
   * @param place of the path store
   * @param start the network, with outputs for all tasks
   * @param first the anchors of a path that begins; asked once
   */
  AdaptResult.Run walk(
      Sampler kind, Path place, Network start, Function<AnchorChoice, Anchors> first) {
    Recipe own = kind == recipe.path().sampler() ? recipe : recipe.withSampler(kind);
    Map<String, String> made = sources.provenance();
    made.putAll(provenance);
    StoredPath path = StoredPath.open(context, place, own, start, made, lock);
    Samplers samplers = new Samplers(kind, recipe.path());
    AnchorChoice choice = new AnchorChoice(context, recipe, kind == Sampler.REPLAY);
    PathWalk walk = new PathWalk(context, recipe, path, sources);
    if (!isLearned(path, stretch(0)) && path.store().anchors(0).isEmpty()) {
      path.store().writeAnchors(0, first.apply(choice));
    }
    List<Map<String, Evaluation>> evaluations = new ArrayList<>();
    Waypoint last = null;
    for (int i = 0; i < recipe.tasks().size(); i++) {
      Stretch stretch = stretch(i);
      if (isLearned(path, stretch)) {
        last = path.store().read(stretch.last());
      } else {
        EncodedExamples task = sources.read(recipe.tasks().get(i).train());
        Anchors anchors = path.store().anchors(stretch.first()).orElseThrow();
        last =
            walk.walk(
                kind.label() + ": " + recipe.tasks().get(i).name(),
                stretch,
                Map.of(Sources.ANCHORS, anchors.examples(), Sources.TASK, task),
                i == 0 ? path.start().weights() : weights(path, stretch.first()),
                Constraint.NONE,
                manifold -> samplers.learning(manifold, stretch));
        path.store()
            .writeAnchors(
                stretch.last(),
                choice.after(anchors, task, path.start().definition(), last.state().weights()));
      }
      if (i == 0) {
        evaluations.add(path.evaluation(0));
      }
      evaluations.add(path.evaluation(stretch.last()));
    }
    path.writeFinal(last);
    return new AdaptResult.Run(path.report(last, recipe.evaluate().keySet()), evaluations);
  }

  /**
   * Whether a task was learned to its end, and what is kept of it and what is reported are there. A
   * task of which a part is damaged is learned again, from its data.
   */
  private static boolean isLearned(StoredPath path, Stretch stretch) {
    PathStore store = path.store();
    return store.anchorSteps().contains(stretch.last())
        && isWhole(store, stretch.last())
        && (stretch.first() > 0 || isWhole(store, 0));
  }

  private static boolean isWhole(PathStore store, long step) {
    return store.steps().contains(step)
        && store.until(step).newest().filter(newest -> newest.step() == step).isPresent();
  }

  private Stretch stretch(int task) {
    return new Stretch((long) task * recipe.path().steps(), recipe.path().steps());
  }

  private static float[] weights(StoredPath path, long step) {
    return path.store().read(step).state().weights();
  }
}
