package org.fip.core.anchors;

import org.fip.core.data.Rows;

/** The order in which the examples of each class are wanted as anchors. */
public final class Ranking {
  private Ranking() {}

  /** A random order, which depends on the seed and the classes alone. */
  public static int[] random(int[] labels, long seed) {
    return Rows.ranks(labels, seed);
  }

  /**
   * The order that a choice makes of what the network does to the examples.
   *
   * @param choice herding or leverage
   * @param features one row for each example, as {@link TangentFeatures} has them
   * @return for each example its rank in its class, from 0
   */
  public static int[] of(Choice choice, float[][] features, int[] labels) {
    return switch (choice) {
      case HERDING -> Herding.ranks(features, labels);
      case LEVERAGE -> Leverage.ranks(features, labels);
      case RANDOM -> throw new IllegalArgumentException("a random order asks no features");
    };
  }
}
