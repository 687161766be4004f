package org.fip.core.path;

import org.fip.core.manifold.Point;
import org.fip.core.sparsity.Removal;

/**
 * Half the squared distance to the nearest network with so many removed weights, whose gradient is
 * the weight itself where one is small enough to be among them.
 *
 * @param removal which weights are removed together
 * @param goal how many are removed
 */
public record FacePenalty(Removal removal, int goal) implements Penalty {
  @Override
  public void addTo(Point here, PathState state, float[] gradient) {
    float[] weights = state.weights();
    float[] far = new float[weights.length];
    removal.remove(RemovalScore.MAGNITUDE.of(null, state), far, goal);
    for (int i = 0; i < far.length; i++) {
      if (far[i] != 0) {
        gradient[i] += weights[i];
      }
    }
  }
}
