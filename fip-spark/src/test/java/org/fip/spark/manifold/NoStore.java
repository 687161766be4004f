package org.fip.spark.manifold;

import java.util.Optional;
import org.fip.core.path.Waypoint;
import org.fip.core.path.WaypointStore;

/** Keeps nothing. */
final class NoStore implements WaypointStore {
  @Override
  public Optional<Waypoint> newest() {
    return Optional.empty();
  }

  @Override
  public void commit(Waypoint waypoint) {}
}
