package org.fip.spark.job;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Manifold;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Widening;
import org.fip.core.path.Constraint;
import org.fip.core.path.Sampler;
import org.fip.core.path.Stretch;
import org.fip.core.path.Walk;
import org.fip.core.path.Waypoint;
import org.fip.spark.manifold.WorkersSettings;
import org.fip.spark.recipe.PathSettings;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.store.PathStore;

/** Walks one stretch of a stored path on the workers of a job. */
final class PathWalk {
  /** Anchors that drift and displacement are measured on. */
  static final int PROBE = 256;

  private final JobContext context;
  private final Recipe recipe;
  private final StoredPath path;
  private final Sources sources;

  PathWalk(JobContext context, Recipe recipe, StoredPath path, Sources sources) {
    this.context = context;
    this.recipe = recipe;
    this.path = path;
    this.sources = sources;
  }

  /**
   * Walks to the end of the stretch; a stretch that is walked already costs nothing. Of the path
   * before, only the waypoint at its start, whose evaluation is reported, and those at the ends of
   * stretches are needed; one of them that is damaged is walked to again.
   *
   * @param name what progress calls it
   * @param data what the sampler asks for; the probe is taken from {@link Sources#ANCHORS}
   * @param reference the weights that drift is measured from
   * @param sampler made for the manifold
   */
  Waypoint walk(
      String name,
      Stretch stretch,
      Map<String, EncodedExamples> data,
      float[] reference,
      Constraint constraint,
      Function<Manifold, Sampler> sampler) {
    if (stretch.first() == 0 && startIsLost()) {
      walkUntil(0, name, data, reference, constraint, sampler);
    }
    return walkUntil(stretch.last(), name, data, reference, constraint, sampler);
  }

  private boolean startIsLost() {
    PathStore store = path.store();
    return !store.steps().isEmpty() && store.until(0).newest().isEmpty();
  }

  private Waypoint walkUntil(
      long last,
      String name,
      Map<String, EncodedExamples> data,
      float[] reference,
      Constraint constraint,
      Function<Manifold, Sampler> sampler) {
    PathStore store = path.store().until(last);
    Optional<Waypoint> newest = store.newest();
    if (newest.isPresent() && newest.get().step() == last) {
      return newest.get();
    }
    context.progress().began(name, newest.map(Waypoint::step).orElse(0L), last);
    try (Manifold manifold =
        new Manifold(
            context
                .workers()
                .open(
                    path.start().definition(),
                    new WorkersSettings(
                        recipe.seed(), recipe.path().shards(), recipe.path().memoryBytes()),
                    sources.with(data)),
            reference)) {
      return new Walk(
              manifold,
              sampler.apply(manifold),
              constraint,
              store,
              settings(last, data.get(Sources.ANCHORS).size()),
              context.progress())
          .run(path.start().weights());
    } finally {
      context.progress().ended();
    }
  }

  private Walk.Settings settings(long last, int anchors) {
    PathSettings settings = recipe.path();
    return new Walk.Settings(
        last,
        settings.checkpointEvery(),
        settings.measureEvery(),
        settings.evaluateEvery(),
        settings.distance(),
        new Batch(Sources.ANCHORS, Math.min(PROBE, anchors), Widening.NONE),
        sources.evaluationKeys());
  }
}
