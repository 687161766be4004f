package org.fip.core.path;

import java.util.List;
import java.util.Map;
import org.fip.core.manifold.Evaluation;

/**
 * A committed point of a path.
 *
 * @param state weights and sampler state at the waypoint's step
 * @param measurements what was measured since the waypoint before, in step order
 * @param evaluation by name of the evaluation set, measured at this waypoint; empty when it was not
 */
public record Waypoint(
    PathState state, List<Measurement> measurements, Map<String, Evaluation> evaluation) {

  /** The step the waypoint stands at. */
  public long step() {
    return state.step();
  }
}
