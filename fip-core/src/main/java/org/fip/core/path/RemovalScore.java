package org.fip.core.path;

import java.io.Serializable;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Point;
import org.fip.core.objective.Batch;

/** What each weight is worth to a network. */
public interface RemovalScore extends Serializable {

  /** Squares of the weights: magnitude pruning. */
  RemovalScore MAGNITUDE =
      (here, state) -> {
        float[] scores = state.weights().clone();
        for (int i = 0; i < scores.length; i++) {
          scores[i] *= scores[i];
        }
        return scores;
      };

  /**
   * w_j^2 G_jj, twice what removing w_j alone costs in the distance that G belongs to (optimal
   * brain damage, LeCun et al. 1990, with the metric in place of the Hessian).
   *
   * @param batch the examples, drawn anew at each step
   * @param exact whether the diagonal is that of these examples to rounding, at C backward passes
   *     an example, or estimated with one
   */
  static RemovalScore diagonal(Metric metric, Batch batch, boolean exact) {
    return (here, state) -> {
      float[] scores = here.metricDiagonal(metric, batch, state.step(), exact);
      float[] weights = state.weights();
      for (int i = 0; i < scores.length; i++) {
        scores[i] *= weights[i] * weights[i];
      }
      return scores;
    };
  }

  /** Scores at a point, [P], not negative. */
  float[] of(Point here, PathState state);
}
