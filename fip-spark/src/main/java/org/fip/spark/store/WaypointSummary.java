package org.fip.spark.store;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;

/**
 * A waypoint without its weights.
 *
 * @param step the step it stands at
 * @param previous the waypoint before
 * @param bytes the size of its files
 * @param last the last measurement
 * @param evaluation by name of the evaluation set
 * @param problem why the rest is empty, when manifest or metrics are damaged; weights are not
 *     looked at
 */
public record WaypointSummary(
    long step,
    OptionalLong previous,
    long bytes,
    Optional<Measurement> last,
    Map<String, Evaluation> evaluation,
    Optional<String> problem) {}
