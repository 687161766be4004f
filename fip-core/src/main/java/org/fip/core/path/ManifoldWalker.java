package org.fip.core.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.manifold.Displacement;
import org.fip.core.manifold.Evaluation;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.Robustness;
import org.fip.core.manifold.Traffic;

/** Walks in the caller's thread: step after step of a sampler inside a constraint, measured. */
final class ManifoldWalker implements Walker {
  private static final String LENGTH_WEIGHTS = "length.weights";
  private static final String LENGTH_OUTPUTS = "length.outputs";

  private final Manifold manifold;
  private final Sampler sampler;
  private final Constraint constraint;
  private final Walk.Settings settings;
  private final Walk.Listener listener;
  private final List<Measurement> measurements = new ArrayList<>();
  private long startedAt;
  private Traffic trafficBefore = Traffic.NONE;

  ManifoldWalker(
      Manifold manifold,
      Sampler sampler,
      Constraint constraint,
      Walk.Settings settings,
      Walk.Listener listener) {
    this.manifold = manifold;
    this.sampler = sampler;
    this.constraint = constraint;
    this.settings = settings;
    this.listener = listener;
    for (long every :
        new long[] {settings.steps(), settings.checkpointEvery(), settings.measureEvery()}) {
      if (every % sampler.stride() != 0) {
        throw new IllegalArgumentException(
            "%d steps are no multiple of the sampler's %d".formatted(every, sampler.stride()));
      }
    }
  }

  @Override
  public Waypoint walk(PathState state, long to) {
    begin(state);
    Point measured = manifold.at(state.weights());
    Point here = measured;
    if (state.step() == to) {
      measure(here, measured, state, Double.NaN);
    }
    while (state.step() < to) {
      Point moved = tighten(here, state);
      if (moved != here) {
        close(here, measured);
        here = moved;
      }
      Sampler.Step step = sampler.step(here, state);
      for (int i = 0; i < sampler.stride(); i++) {
        state.advance();
      }
      addTo(state, LENGTH_WEIGHTS, step.length());
      close(here, measured);
      here = step.point();
      listener.stepped(state.step(), step.objective());
      if (state.step() >= to || settings.isDue(state.step(), settings.measureEvery())) {
        measure(here, measured, state, step.objective());
        close(measured, here);
        measured = here;
      }
    }
    Waypoint waypoint = new Waypoint(state, List.copyOf(measurements), evaluate(here, state));
    here.close();
    return waypoint;
  }

  private void begin(PathState state) {
    measurements.clear();
    startedAt = System.nanoTime() - (long) (Costs.seconds(state) * 1e9);
    trafficBefore = manifold.traffic().minus(Costs.traffic(state));
  }

  private Point tighten(Point here, PathState state) {
    double length = constraint.tighten(here, state);
    if (length == 0) {
      return here;
    }
    addTo(state, LENGTH_WEIGHTS, length);
    return manifold.at(state.weights());
  }

  private static void close(Point point, Point kept) {
    if (point != kept) {
      point.close();
    }
  }

  private static void addTo(PathState state, String scalar, double amount) {
    state.setScalar(scalar, state.scalar(scalar, 0) + amount);
  }

  private void measure(Point here, Point before, PathState state, double objective) {
    Displacement displacement = here.measure(before, settings.distance(), settings.probe());
    addTo(state, LENGTH_OUTPUTS, Math.sqrt(Math.max(0, displacement.measured())));
    Traffic traffic = manifold.traffic().minus(trafficBefore);
    double seconds = (System.nanoTime() - startedAt) / 1e9;
    Costs.set(state, traffic, seconds);
    Measurement measurement =
        new Measurement(
            state.step(),
            objective,
            displacement.drift(),
            displacement.predicted(),
            displacement.measured(),
            state.scalar(LENGTH_WEIGHTS, 0),
            state.scalar(LENGTH_OUTPUTS, 0),
            traffic.rounds(),
            traffic.bytesBroadcast(),
            traffic.bytesReduced(),
            seconds);
    measurements.add(measurement);
    listener.measured(measurement);
  }

  private Map<String, Evaluation> evaluate(Point here, PathState state) {
    Map<String, Evaluation> evaluation = new LinkedHashMap<>();
    if (state.step() == 0 || settings.isDue(state.step(), settings.evaluateEvery())) {
      settings
          .evaluations()
          .forEach((name, data) -> evaluation.put(name, here.evaluateBesideStart(data)));
      settings
          .attacks()
          .forEach(
              (name, probe) -> {
                Robustness robustness = here.robustness(probe);
                evaluation.put(name + Walk.ASCENT, robustness.ascent());
                evaluation.put(name + Walk.ROBUST, robustness.all());
              });
    }
    return evaluation;
  }
}
