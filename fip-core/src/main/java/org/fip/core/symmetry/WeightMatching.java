package org.fip.core.symmetry;

import java.util.SplittableRandom;
import org.fip.core.FipException;
import org.fip.core.manifold.Seeds;
import org.fip.core.network.Network;

/**
 * Gives the hidden units of a network the places that bring its weights nearest to those of
 * another: layer by layer, in a random order, the best assignment with the other layers as they
 * are, until none changes (weight matching, Ainsworth et al. 2022, arXiv 2209.04836, algorithm 1).
 * A local optimum; the distance falls with every change. Needs no data.
 */
public final class WeightMatching {
  private static final int MOST_SWEEPS = 100;

  /** Relative gain below which a change is rounding. */
  private static final double LEAST_GAIN = 1e-9;

  private WeightMatching() {}

  /**
   * The other network's weights with its units in new places; its function stays as it is but for
   * the order of sums.
   *
   * @param seed of the orders in which layers are visited
   * @throws FipException with category DATA when it is not known which units may change places
   */
  public static float[] align(Network fixed, Network other, long seed) {
    LayerChain chain = new LayerChain(fixed);
    float[] weights = other.weights().clone();
    SplittableRandom random = Seeds.stream(seed, Seeds.of("weight matching"));
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      boolean changed = false;
      for (int layer : Seeds.permutation(chain.hidden(), random)) {
        double[][] gain = chain.gain(fixed.weights(), weights, layer);
        int[] order = LinearAssignment.maximum(gain);
        double before = 0;
        double after = 0;
        for (int i = 0; i < order.length; i++) {
          before += gain[i][i];
          after += gain[i][order[i]];
        }
        if (after - before > LEAST_GAIN * Math.abs(before)) {
          weights = chain.permuted(weights, layer, order);
          changed = true;
        }
      }
      if (!changed) {
        break;
      }
    }
    return weights;
  }
}
