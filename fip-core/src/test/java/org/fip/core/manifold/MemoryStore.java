package org.fip.core.manifold;

import java.util.Optional;
import org.fip.core.path.PathState;
import org.fip.core.path.Waypoint;
import org.fip.core.path.WaypointStore;

/**
 * Keeps the newest waypoint, and may be told to fail right after a commit, as a killed run does.
 */
final class MemoryStore implements WaypointStore {
  /** The end of a run at a commit. */
  static final class Killed extends RuntimeException {
    Killed(long step) {
      super("killed after the commit of step " + step);
    }
  }

  private Waypoint newest;
  private long killAfter = -1;

  /** Kills the run once that step is committed. */
  void killAfter(long step) {
    killAfter = step;
  }

  @Override
  public Optional<Waypoint> newest() {
    return Optional.ofNullable(newest).map(MemoryStore::copy);
  }

  @Override
  public void commit(Waypoint waypoint) {
    newest = copy(waypoint);
    if (waypoint.step() == killAfter) {
      killAfter = -1;
      throw new Killed(waypoint.step());
    }
  }

  private static Waypoint copy(Waypoint waypoint) {
    PathState from = waypoint.state();
    PathState to = new PathState(from.step(), from.weights().clone());
    from.vectors()
        .forEach((name, vector) -> System.arraycopy(vector, 0, to.vector(name), 0, vector.length));
    from.scalars().forEach(to::setScalar);
    return new Waypoint(to, waypoint.measurements(), waypoint.evaluation());
  }
}
