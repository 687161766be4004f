package org.fip.spark.live;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fip.core.FipException;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.fip.core.path.Waypoint;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.WalkStart;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.Walker;
import org.fip.spark.store.WaypointMeasurements;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds up what a walk tells to the status of its path. */
final class StatusTracker implements ProgressListener {
  private static final Logger LOG = LoggerFactory.getLogger(StatusTracker.class);
  private static final int LONGEST_REASON = 500;

  private final InstantSource clock;
  private WalkStart walk;
  private State state;
  private String reason;
  private Instant since;
  private long firstStep;
  private Instant firstStepAt;
  private long step;
  private double objective;
  private Measurement measurement;
  private long evaluatedAt;
  private Map<String, Evaluation> evaluation = Map.of();

  StatusTracker(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void began(WalkStart begun) {
    take(begun);
    state = State.RUNNING;
  }

  @Override
  public void found(WalkStart complete) {
    take(complete);
    state = State.FINISHED;
  }

  /** Takes a walk up; what is known of the same path from a walk before stays. */
  private void take(WalkStart next) {
    boolean same = walk != null && walk.store().location().equals(next.store().location());
    walk = next;
    step = next.taken();
    objective = Double.NaN;
    reason = null;
    firstStepAt = null;
    if (!same) {
      since = clock.instant();
      measurement = null;
      evaluation = Map.of();
      recall(next.store(), next.taken());
    }
  }

  /** Looks up what was measured and evaluated last at the waypoints up to a step. */
  private void recall(PathStore store, long last) {
    try {
      List<Long> steps = store.steps();
      for (int i = steps.size() - 1; i >= 0 && evaluation.isEmpty(); i--) {
        if (steps.get(i) <= last) {
          WaypointMeasurements there = store.measured(steps.get(i));
          if (measurement == null && !there.measurements().isEmpty()) {
            measurement = there.measurements().get(there.measurements().size() - 1);
          }
          evaluated(steps.get(i), there.evaluation());
        }
      }
    } catch (FipException e) {
      LOG.warn("{}; the path's status is without what was measured before", e.getMessage());
    }
  }

  @Override
  public void stepped(long taken, double value) {
    step = taken;
    objective = value;
    if (firstStepAt == null) {
      // Before the first step workers are started and programs compiled; that is no step's time.
      firstStep = taken;
      firstStepAt = clock.instant();
    }
  }

  @Override
  public void measured(Measurement value) {
    measurement = value;
  }

  @Override
  public void committed(Waypoint waypoint) {
    // Steps that executors take by themselves are measured there, and heard of only here.
    if (!waypoint.measurements().isEmpty()) {
      measurement = waypoint.measurements().get(waypoint.measurements().size() - 1);
    }
    evaluated(waypoint.step(), waypoint.evaluation());
  }

  private void evaluated(long at, Map<String, Evaluation> values) {
    if (!values.isEmpty()) {
      evaluatedAt = at;
      evaluation = values;
    }
  }

  @Override
  public void ended() {
    if (step >= walk.total()) {
      state = State.FINISHED;
    }
  }

  @Override
  public void paused() {
    state = State.PAUSED;
  }

  @Override
  public void failed(Throwable cause) {
    state = State.FAILED;
    reason = line(cause);
  }

  /** The end of the process; whether the status has changed by it. */
  boolean abandon() {
    if (state != State.RUNNING) {
      return false;
    }
    state = State.FAILED;
    reason = "the job ended before the path's end";
    return true;
  }

  private static String line(Throwable cause) {
    String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String line = text.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", "?");
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "...";
  }

  /** The status now; empty when no walk has begun. */
  Optional<PathStatus> status() {
    if (walk == null) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    double rate = rate(now);
    return Optional.of(
        new PathStatus(
            walk.store().location(),
            walk.name(),
            null,
            state,
            reason,
            new PathStatus.Progress(
                step, walk.total(), rate, (walk.total() - step) / rate, objective),
            measurement,
            evaluatedAt,
            evaluation,
            since,
            now,
            Walker.here()));
  }

  private double rate(Instant now) {
    if (firstStepAt == null || step == firstStep) {
      return Double.NaN;
    }
    double seconds = Duration.between(firstStepAt, now).toNanos() / 1e9;
    return (step - firstStep) / Math.max(1e-9, seconds);
  }
}
