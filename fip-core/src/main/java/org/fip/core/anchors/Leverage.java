package org.fip.core.anchors;

import java.util.Arrays;

/**
 * Anchors that span the metric tensor G = 1/N sum J_i^T J_i: the greedy choice of pivoted Cholesky
 * on the kernel of the features (Harbrecht, Peters and Schneider 2012). Classes take turns, and the
 * next of a class is the one with the longest part outside the span of all chosen before, of
 * whatever class. When no more than {@value #EXHAUSTED} of the features' squares is left outside,
 * the span is begun anew with the examples that are left.
 */
final class Leverage {
  static final double EXHAUSTED = 1e-6;

  private final double[][] residuals;
  private final double[] squares;
  private final float[][] features;
  private final boolean[] taken;
  private double limit;

  private Leverage(float[][] features) {
    this.features = features;
    residuals = new double[features.length][];
    squares = new double[features.length];
    taken = new boolean[features.length];
    begin();
  }

  /** The place of each example in the order of its class. Cost O(n^2 d) for n examples. */
  static int[] ranks(float[][] features, int[] labels) {
    Leverage leverage = new Leverage(features);
    int[] ranks = new int[labels.length];
    int[] classes = Arrays.stream(labels).distinct().sorted().toArray();
    int[] next = new int[classes.length];
    for (int ranked = 0; ranked < labels.length; ) {
      for (int c = 0; c < classes.length; c++) {
        int pick = leverage.longest(labels, classes[c]);
        if (pick >= 0) {
          ranks[pick] = next[c]++;
          leverage.take(pick);
          ranked++;
        }
      }
    }
    return ranks;
  }

  /** The free example of a class with the longest residual; negative when none is free. */
  private int longest(int[] labels, int label) {
    int best = -1;
    for (int i = 0; i < labels.length; i++) {
      if (!taken[i] && labels[i] == label && (best < 0 || squares[i] > squares[best])) {
        best = i;
      }
    }
    return best;
  }

  private void begin() {
    double total = 0;
    for (int i = 0; i < features.length; i++) {
      residuals[i] = new double[features[i].length];
      squares[i] = 0;
      for (int k = 0; k < features[i].length; k++) {
        residuals[i][k] = features[i][k];
        squares[i] += residuals[i][k] * residuals[i][k];
      }
      total += squares[i];
    }
    limit = EXHAUSTED * total;
  }

  /** Takes an example and its direction out of all residuals. */
  private void take(int pick) {
    taken[pick] = true;
    if (squares[pick] > 0) {
      double[] direction = residuals[pick].clone();
      double length = squares[pick];
      for (int i = 0; i < residuals.length; i++) {
        if (!taken[i]) {
          remove(i, direction, length);
        }
      }
    }
    double left = 0;
    for (int i = 0; i < squares.length; i++) {
      left += taken[i] ? 0 : squares[i];
    }
    if (left <= limit) {
      begin();
    }
  }

  private void remove(int i, double[] direction, double length) {
    double[] row = residuals[i];
    double product = 0;
    for (int k = 0; k < row.length; k++) {
      product += row[k] * direction[k];
    }
    squares[i] = 0;
    for (int k = 0; k < row.length; k++) {
      row[k] -= product / length * direction[k];
      squares[i] += row[k] * row[k];
    }
  }
}
