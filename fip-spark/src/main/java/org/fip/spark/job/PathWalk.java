package org.fip.spark.job;

import java.util.Map;
import java.util.Optional;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.RobustnessProbe;
import org.fip.core.manifold.Workers;
import org.fip.core.network.OutputHeads;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Widening;
import org.fip.core.path.Constraint;
import org.fip.core.path.Itinerary;
import org.fip.core.path.SamplerFactory;
import org.fip.core.path.Stretch;
import org.fip.core.path.Walk;
import org.fip.core.path.Walker;
import org.fip.core.path.Waypoint;
import org.fip.spark.manifold.SparkWorkers;
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
  private final Map<String, RobustnessProbe> attacks;
  private final OutputHeads heads;
  private final float[] compared;
  private final long total;

  PathWalk(JobContext context, Recipe recipe, StoredPath path, Sources sources) {
    this(context, recipe, path, sources, Map.of());
  }

  /** A walk whose evaluations include attacks, by the name of the set in the recipe. */
  PathWalk(
      JobContext context,
      Recipe recipe,
      StoredPath path,
      Sources sources,
      Map<String, RobustnessProbe> attacks) {
    this(context, recipe, path, sources, attacks, OutputHeads.ONE, null, recipe.path().walkSteps());
  }

  private PathWalk(
      JobContext context,
      Recipe recipe,
      StoredPath path,
      Sources sources,
      Map<String, RobustnessProbe> attacks,
      OutputHeads heads,
      float[] compared,
      long total) {
    this.compared = compared;
    this.attacks = attacks;
    this.heads = heads;
    this.context = context;
    this.recipe = recipe;
    this.path = path;
    this.sources = sources;
    this.total = total;
  }

  /** The same walk of a network whose outputs are divided. */
  PathWalk with(OutputHeads division) {
    return new PathWalk(context, recipe, path, sources, attacks, division, compared, total);
  }

  /** The same walk along a path of this many steps in place of those of one stretch. */
  PathWalk along(long steps) {
    return new PathWalk(context, recipe, path, sources, attacks, heads, compared, steps);
  }

  /** The same walk with evaluations that compare with this network, in place of the reference. */
  PathWalk comparing(float[] weights) {
    return new PathWalk(context, recipe, path, sources, attacks, heads, weights, total);
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
      SamplerFactory sampler) {
    int anchors = data.get(Sources.ANCHORS).size();
    if (stretch.first() == 0 && startIsLost()) {
      walk(name, settings(0, anchors), total, data, reference, constraint, sampler);
    }
    return walk(
        name, settings(stretch.last(), anchors), total, data, reference, constraint, sampler);
  }

  /** As {@link #walk}, with every step measured, evaluated and committed. */
  Waypoint walkSlowly(
      String name,
      Stretch stretch,
      Map<String, EncodedExamples> data,
      float[] reference,
      SamplerFactory sampler) {
    Walk.Settings usual = settings(stretch.last(), data.get(Sources.ANCHORS).size());
    Walk.Settings settings =
        new Walk.Settings(
            usual.steps(), 1, 1, 1, usual.distance(), usual.probe(), usual.evaluations());
    return walk(name, settings, settings.steps(), data, reference, Constraint.NONE, sampler);
  }

  private boolean startIsLost() {
    PathStore store = path.store();
    return !store.steps().isEmpty() && store.until(0).newest().isEmpty();
  }

  private Waypoint walk(
      String name,
      Walk.Settings settings,
      long total,
      Map<String, EncodedExamples> data,
      float[] reference,
      Constraint constraint,
      SamplerFactory sampler) {
    PathStore store = path.store().until(settings.steps());
    Optional<Waypoint> newest = store.newest();
    WalkStart start =
        new WalkStart(
            name, path.store(), newest.map(Waypoint::step).orElse(0L), settings.steps(), total);
    if (newest.isPresent() && newest.get().step() == settings.steps()) {
      context.progress().found(start);
      return newest.get();
    }
    context.progress().began(start);
    try {
      Waypoint last = walk(store, settings, data, reference, constraint, sampler);
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
      PathStore store,
      Walk.Settings settings,
      Map<String, EncodedExamples> data,
      float[] reference,
      Constraint constraint,
      SamplerFactory sampler) {
    Workers workers = workers(sources.with(data));
    float[] other = compared == null || settings.evaluations().isEmpty() ? reference : compared;
    try (Manifold manifold = new Manifold(workers, reference, other)) {
      Itinerary itinerary = new Itinerary(sampler, constraint, settings);
      Walker walker = SparkWorkers.walker(workers, manifold, itinerary, context.progress());
      return new Walk(walker, store, settings, context.progress()).run(path.start().weights());
    }
  }

  /** The job's workers with these data. */
  Workers workers(Map<String, EncodedExamples> data) {
    return context.workers().open(path.start().definition().withHeads(heads), workers(), data);
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

  private Walk.Settings settings(long last, int anchors) {
    PathSettings settings = recipe.path();
    return new Walk.Settings(
        last,
        settings.checkpointEvery(),
        settings.measureEvery(),
        settings.evaluateEvery(),
        settings.distance(),
        new Batch(Sources.ANCHORS, Math.min(PROBE, anchors), Widening.NONE),
        sources.evaluationKeys(),
        attacks);
  }
}
