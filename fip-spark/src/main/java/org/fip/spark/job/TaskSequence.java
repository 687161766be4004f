package org.fip.spark.job;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.fip.core.anchors.Anchors;
import org.fip.core.network.Network;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.SamplerKind;
import org.fip.spark.store.StoreLock;

/**
 * The tasks of a recipe, which its sampler and its baselines walk through, each along a stored path
 * of its own.
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
      SamplerKind kind,
      Path place,
      Network start,
      Function<AnchorChoice, Optional<Anchors>> first) {
    Recipe own = kind == recipe.path().sampler() ? recipe : recipe.withSampler(kind);
    Map<String, String> made = sources.provenance();
    made.putAll(provenance);
    StoredPath path = StoredPath.open(context, place, own, start, made, lock);
    return new TaskWalk(context, own, sources, heads, path).run(first);
  }
}
