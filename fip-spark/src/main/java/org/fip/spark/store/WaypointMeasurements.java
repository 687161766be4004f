package org.fip.spark.store;

import java.util.List;
import java.util.Map;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;

/**
 * What was measured up to a waypoint.
 *
 * @param measurements since the waypoint before, in step order
 * @param evaluation at the waypoint, by name of the evaluation set; empty when there was none
 */
public record WaypointMeasurements(
    List<Measurement> measurements, Map<String, Evaluation> evaluation) {}
