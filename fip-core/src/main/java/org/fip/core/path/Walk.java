package org.fip.core.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.Displacement;
import org.fip.core.manifold.Evaluation;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.Traffic;
import org.fip.core.objective.Batch;

/**
 * A walk along a path: step after step of a sampler inside a constraint, measured and committed at
 * fixed steps, and taken up again from the newest waypoint. Where a walk was interrupted does not
 * show in the weights it ends at.
 */
public final class Walk {
  private static final String LENGTH_WEIGHTS = "length.weights";
  private static final String LENGTH_OUTPUTS = "length.outputs";
  private static final String SECONDS = "seconds";
  private static final String ROUNDS = "rounds";
  private static final String BROADCAST = "bytes.broadcast";
  private static final String REDUCED = "bytes.reduced";

  /**
   * When to measure and commit.
   *
   * @param steps length of the path in steps
   * @param checkpointEvery steps between waypoints
   * @param measureEvery steps between measurements; every waypoint is measured as well
   * @param evaluateEvery evaluate at waypoints whose step is a multiple of this; 0 for only the
   *     first and the last
   * @param distance what drift is measured in
   * @param probe anchors that are measured on
   * @param evaluations data sets to evaluate on, by the name that results give them
   */
  public record Settings(
      long steps,
      long checkpointEvery,
      long measureEvery,
      long evaluateEvery,
      Distance distance,
      Batch probe,
      Map<String, String> evaluations) {}

  /** Is told how a walk goes on. */
  public interface Listener {
    /** A step was taken. */
    default void stepped(long step, double objective) {}

    /** Something was measured; the step it was measured at may be committed next. */
    default void measured(Measurement measurement) {}

    /** A waypoint was committed. */
    default void committed(Waypoint waypoint) {}
  }

  private final Manifold manifold;
  private final Sampler sampler;
  private final Constraint constraint;
  private final WaypointStore store;
  private final Settings settings;
  private final Listener listener;
  private final List<Measurement> measurements = new ArrayList<>();
  private long startedAt;
  private Traffic trafficBefore = Traffic.NONE;

  /**
   * A walk that has not begun.
   *
   * @throws IllegalArgumentException when the sampler's stride does not divide the settings' steps
   */
  public Walk(
      Manifold manifold,
      Sampler sampler,
      Constraint constraint,
      WaypointStore store,
      Settings settings,
      Listener listener) {
    this.manifold = manifold;
    this.sampler = sampler;
    this.constraint = constraint;
    this.store = store;
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

  /**
   * Walks to the last step, from the store's newest waypoint or else from these weights.
   *
   * @return the last waypoint
   */
  public Waypoint run(float[] start) {
    Optional<Waypoint> newest = store.newest();
    if (newest.isPresent() && newest.get().step() >= settings.steps()) {
      return newest.get();
    }
    PathState state = newest.map(Waypoint::state).orElseGet(() -> new PathState(start.clone()));
    begin(state);
    Point measured = manifold.at(state.weights());
    Point here = measured;
    Waypoint last = newest.orElse(null);
    if (last == null) {
      last = commit(here, here, state, Double.NaN);
    }
    while (state.step() < settings.steps()) {
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
      if (isDue(state.step(), settings.checkpointEvery())) {
        last = commit(here, measured, state, step.objective());
        close(measured, here);
        measured = here;
      } else if (isDue(state.step(), settings.measureEvery())) {
        measure(here, measured, state, step.objective());
        close(measured, here);
        measured = here;
      }
    }
    here.close();
    return last;
  }

  private void begin(PathState state) {
    startedAt = System.nanoTime() - (long) (state.scalar(SECONDS, 0) * 1e9);
    Traffic now = manifold.traffic();
    trafficBefore =
        new Traffic(
            now.rounds() - (long) state.scalar(ROUNDS, 0),
            now.bytesBroadcast() - (long) state.scalar(BROADCAST, 0),
            now.bytesReduced() - (long) state.scalar(REDUCED, 0));
  }

  private Point tighten(Point here, PathState state) {
    double length = constraint.tighten(here, state);
    if (length == 0) {
      return here;
    }
    addTo(state, LENGTH_WEIGHTS, length);
    return manifold.at(state.weights());
  }

  private boolean isDue(long step, long every) {
    return step == settings.steps() || (every > 0 && step % every == 0);
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
    state.setScalar(SECONDS, (System.nanoTime() - startedAt) / 1e9);
    Traffic now = manifold.traffic();
    state.setScalar(ROUNDS, (double) now.rounds() - trafficBefore.rounds());
    state.setScalar(BROADCAST, (double) now.bytesBroadcast() - trafficBefore.bytesBroadcast());
    state.setScalar(REDUCED, (double) now.bytesReduced() - trafficBefore.bytesReduced());
    Measurement measurement =
        new Measurement(
            state.step(),
            objective,
            displacement.drift(),
            displacement.predicted(),
            displacement.measured(),
            state.scalar(LENGTH_WEIGHTS, 0),
            state.scalar(LENGTH_OUTPUTS, 0),
            (long) state.scalar(ROUNDS, 0),
            (long) state.scalar(BROADCAST, 0),
            (long) state.scalar(REDUCED, 0),
            state.scalar(SECONDS, 0));
    measurements.add(measurement);
    listener.measured(measurement);
  }

  private Waypoint commit(Point here, Point before, PathState state, double objective) {
    measure(here, before, state, objective);
    Map<String, Evaluation> evaluation = new LinkedHashMap<>();
    if (state.step() == 0 || isDue(state.step(), settings.evaluateEvery())) {
      settings.evaluations().forEach((name, data) -> evaluation.put(name, here.evaluate(data)));
    }
    Waypoint waypoint = new Waypoint(state, List.copyOf(measurements), evaluation);
    store.commit(waypoint);
    measurements.clear();
    listener.committed(waypoint);
    return waypoint;
  }
}
