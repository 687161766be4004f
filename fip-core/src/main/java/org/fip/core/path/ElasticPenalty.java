package org.fip.core.path;

import java.util.Arrays;
import org.fip.core.manifold.Point;

/**
 * Elastic weight consolidation (Kirkpatrick et al. 2017, arXiv 1612.00796): lambda / 2 sum_i F_i
 * (w_i - a_i)^2 with a the weights at the start of the stretch and F the diagonal of the Fisher
 * information, summed over what was learned before each stretch (Schwarz et al. 2018, arXiv
 * 1805.06370, without decay). Costs 3 F for each example of the data once a stretch, and no data
 * between.
 */
public final class ElasticPenalty implements Penalty {
  private static final long serialVersionUID = 1;

  private static final String FISHER = "elastic.fisher";
  private static final String CENTRE = "elastic.centre";

  private final double weight;
  private final String data;
  private final Stretch stretch;

  /**
   * A penalty along a stretch.
   *
   * @param weight lambda
   * @param data labelled examples of what was learned last, a data set that the workers hold
   */
  public ElasticPenalty(double weight, String data, Stretch stretch) {
    this.weight = weight;
    this.data = data;
    this.stretch = stretch;
  }

  @Override
  public void addTo(Point here, PathState state, float[] gradient) {
    float[] weights = state.weights();
    float[] fisher = state.vector(FISHER);
    float[] centre = state.vector(CENTRE);
    if (state.step() == stretch.first()) {
      if (stretch.first() == 0) {
        Arrays.fill(fisher, 0);
      }
      Vector.add(fisher, 1, here.fisherDiagonal(data));
      System.arraycopy(weights, 0, centre, 0, weights.length);
    }
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] += (float) (weight * fisher[i] * (weights[i] - centre[i]));
    }
  }
}
