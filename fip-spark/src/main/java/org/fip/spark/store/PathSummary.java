package org.fip.spark.store;

import java.util.List;

/**
 * What a path store holds, without the weights.
 *
 * @param location where it is
 * @param description what the path was made from
 * @param waypoints in step order
 * @param network whether the final network was written
 */
public record PathSummary(
    String location,
    PathDescription description,
    List<WaypointSummary> waypoints,
    boolean network) {}
