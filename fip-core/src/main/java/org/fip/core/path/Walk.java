package org.fip.core.path;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.RobustnessProbe;
import org.fip.core.objective.Batch;

/**
 * A walk along a path: from waypoint to waypoint, each measured and committed, and taken up again
 * from the newest one. Where a walk was interrupted does not show in the weights it ends at.
 */
public final class Walk {
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
   * @param attacks robustness tests at the same waypoints, by the name that results give their
   *     data: NAME followed by {@link #ASCENT} is what withstands projected ascent, and by {@link
   *     #ROBUST} what withstands all attacks
   */
  public record Settings(
      long steps,
      long checkpointEvery,
      long measureEvery,
      long evaluateEvery,
      Distance distance,
      Batch probe,
      Map<String, String> evaluations,
      Map<String, RobustnessProbe> attacks)
      implements Serializable {

    /** Copies evaluations and attacks, so that their order is the same on every machine. */
    public Settings {
      evaluations = new LinkedHashMap<>(evaluations);
      attacks = new LinkedHashMap<>(attacks);
    }

    /** Settings without robustness tests. */
    public Settings(
        long steps,
        long checkpointEvery,
        long measureEvery,
        long evaluateEvery,
        Distance distance,
        Batch probe,
        Map<String, String> evaluations) {
      this(
          steps,
          checkpointEvery,
          measureEvery,
          evaluateEvery,
          distance,
          probe,
          evaluations,
          Map.of());
    }

    /** Whether a step is the last, or a multiple of this; 0 asks for the last only. */
    boolean isDue(long step, long every) {
      return step == steps || (every > 0 && step % every == 0);
    }

    /** The step of the first waypoint after a step. */
    long waypointAfter(long step) {
      return checkpointEvery == 0
          ? steps
          : Math.min(steps, (step / checkpointEvery + 1) * checkpointEvery);
    }
  }

  /** Ends the name of an evaluation under projected ascent. */
  public static final String ASCENT = " pgd";

  /** Ends the name of an evaluation under all attacks. */
  public static final String ROBUST = " robust";

  /** Is told how a walk goes on. */
  public interface Listener {
    /** A step was taken. */
    default void stepped(long step, double objective) {}

    /** Something was measured; the step it was measured at may be committed next. */
    default void measured(Measurement measurement) {}

    /** A waypoint was committed. */
    default void committed(Waypoint waypoint) {}
  }

  private final Walker walker;
  private final WaypointStore store;
  private final Settings settings;
  private final Listener listener;

  /** A walk that has not begun; the walker goes by the same settings. */
  public Walk(Walker walker, WaypointStore store, Settings settings, Listener listener) {
    this.walker = walker;
    this.store = store;
    this.settings = settings;
    this.listener = listener;
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
    long startedAt = System.nanoTime() - (long) (Costs.seconds(state) * 1e9);
    Waypoint last = newest.isPresent() ? newest.get() : commit(walker.walk(state, 0));
    while (last.step() < settings.steps()) {
      Costs.setSeconds(last.state(), (System.nanoTime() - startedAt) / 1e9);
      last = commit(walker.walk(last.state(), settings.waypointAfter(last.step())));
    }
    return last;
  }

  private Waypoint commit(Waypoint waypoint) {
    store.commit(waypoint);
    listener.committed(waypoint);
    return waypoint;
  }
}
