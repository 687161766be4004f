package org.fip.core.path;

import java.io.Serializable;
import org.fip.core.sparsity.Removal;

/** A term of the objective in the weights themselves, which needs no examples. */
public interface Pull extends Serializable {

  /** No such term. */
  Pull NONE = (gradient, state) -> {};

  /**
   * Half the squared distance to the nearest network with so many removed weights, whose gradient
   * is the weight itself where one is small enough to be among them.
   */
  static Pull towards(Removal removal, int goal) {
    return (gradient, state) -> {
      float[] weights = state.weights();
      float[] far = new float[weights.length];
      removal.remove(RemovalScore.MAGNITUDE.of(null, state), far, goal);
      for (int i = 0; i < far.length; i++) {
        if (far[i] != 0) {
          gradient[i] += weights[i];
        }
      }
    };
  }

  /** Adds the term's gradient. */
  void add(float[] gradient, PathState state);
}
