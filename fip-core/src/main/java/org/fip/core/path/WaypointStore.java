package org.fip.core.path;

import java.util.Optional;

/** Where a walk commits its waypoints, and finds the newest one again. */
public interface WaypointStore {

  /**
   * The newest waypoint that is whole and undamaged; damaged ones after it are named to the log and
   * skipped. Empty when there is none.
   *
   * @throws org.fip.core.FipException with category STORAGE when the store cannot be read
   */
  Optional<Waypoint> newest();

  /**
   * Commits a waypoint: after the call returns it is durable and a reader sees all of it; a reader
   * never sees a part of it. A damaged or left-over waypoint of the same step is replaced.
   *
   * @throws org.fip.core.FipException with category STORAGE when the store cannot be written;
   *     committed waypoints stay as they were
   */
  void commit(Waypoint waypoint);
}
