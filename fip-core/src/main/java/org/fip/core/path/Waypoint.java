package org.fip.core.path;

import java.util.List;
import java.util.Map;
import org.fip.core.manifold.Evaluation;
import org.fip.core.manifold.Traffic;

/**
 * A committed point of a path.
 *
 * @param state weights and sampler state at the waypoint's step
 * @param measurements what was measured since the waypoint before, in step order
 * @param evaluation by name of the evaluation set, measured at this waypoint; empty when it was not
 */
public record Waypoint(
    PathState state, List<Measurement> measurements, Map<String, Evaluation> evaluation) {

  /** The same with more traffic and time since the waypoint before, from the start of it. */
  public Waypoint plus(Traffic traffic, double seconds) {
    Costs.set(state, Costs.traffic(state).plus(traffic), Costs.seconds(state) + seconds);
    return new Waypoint(
        state, measurements.stream().map(m -> m.plus(traffic, seconds)).toList(), evaluation);
  }

  /**
   * What the steps up to this waypoint have cost, in gradients of one step's batches; measurements
   * and evaluations are not counted.
   */
  public double gradients() {
    return Costs.gradients(state);
  }

  /** The step the waypoint stands at. */
  public long step() {
    return state.step();
  }
}
