package org.fip.spark.job;

import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Manifold;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Widening;
import org.fip.core.path.Constraint;
import org.fip.core.path.Itinerary;
import org.fip.core.path.SamplerFactory;
import org.fip.core.path.Stretch;
import org.fip.core.path.Walk;
import org.fip.core.path.Walker;
import org.fip.core.path.Waypoint;
import org.fip.spark.manifold.WorkersSettings;
import org.fip.spark.recipe.PathSettings;
import org.fip.spark.recipe.Recipe;

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
   * Walks to the end of the stretch; a stretch that is walked already costs nothing.
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
      SamplerFactory sampler) {
    long taken = newestStep();
    if (taken >= stretch.last()) {
      return path.store().read(stretch.last());
    }
    context.progress().began(name, taken, stretch.last());
    try (Manifold manifold = open(sources.with(data), reference)) {
      Walk.Settings settings = settings(stretch, data.get(Sources.ANCHORS).size());
      Walker walker = new Itinerary(sampler, constraint, settings).on(manifold, context.progress());
      return new Walk(walker, path.store(), settings, context.progress())
          .run(path.start().weights());
    } finally {
      context.progress().ended();
    }
  }

  /** Whether the path has come to a step. */
  boolean reached(long step) {
    return newestStep() >= step;
  }

  /**
   * The job's workers with these data.
   *
   * @param reference the weights that drift is measured from
   */
  Manifold open(Map<String, EncodedExamples> data, float[] reference) {
    return new Manifold(
        context.workers().open(path.start().definition(), workers(), data), reference);
  }

  private WorkersSettings workers() {
    PathSettings settings = recipe.path();
    return new WorkersSettings(
        recipe.seed(),
        settings.shards(),
        settings.memoryBytes(),
        settings.communication().mode(),
        settings.communication().wire());
  }

  /** The step of the newest undamaged waypoint. */
  private long newestStep() {
    return path.store().newest().map(Waypoint::step).orElse(0L);
  }

  private Walk.Settings settings(Stretch stretch, int anchors) {
    PathSettings settings = recipe.path();
    return new Walk.Settings(
        stretch.last(),
        settings.checkpointEvery(),
        settings.measureEvery(),
        settings.evaluateEvery(),
        settings.distance(),
        new Batch(Sources.ANCHORS, Math.min(PROBE, anchors), Widening.NONE),
        sources.evaluationKeys());
  }
}
