package org.fip.spark.job;

import java.util.Map;
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
      Function<Manifold, Sampler> sampler) {
    long taken = newestStep();
    WalkStart start = new WalkStart(name, path.store(), taken, stretch.last(), total());
    if (taken >= stretch.last()) {
      context.progress().found(start);
      return path.store().read(stretch.last());
    }
    context.progress().began(start);
    try {
      Waypoint last = walk(stretch, data, reference, constraint, sampler);
      context.progress().ended();
      return last;
    } catch (WalkPaused e) {
      context.progress().paused();
      throw e;
    } catch (RuntimeException | Error e) {
      context.progress().failed(e);
      throw e;
    }
  }

  private Waypoint walk(
      Stretch stretch,
      Map<String, EncodedExamples> data,
      float[] reference,
      Constraint constraint,
      Function<Manifold, Sampler> sampler) {
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
              path.store(),
              settings(stretch, data.get(Sources.ANCHORS).size()),
              context.progress())
          .run(path.start().weights());
    }
  }

  /** Length of the path when all its stretches are walked. */
  private long total() {
    return (long) recipe.path().steps() * Math.max(1, recipe.tasks().size());
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
