package org.fip.core.manifold;

import java.util.List;

/**
 * Counts of what K networks and their mean say of examples, as one array that can be added over
 * shards: examples; right answers of each network; right answers of the mean, and its
 * cross-entropies; right answers of the mean of all networks but one; pairs of networks that
 * disagree; and for each bin of the mean's confidence its examples, confidences and right answers.
 */
final class EnsembleCounts {
  /** Bins of equal width of the expected calibration error (Guo et al. 2017, arXiv 1706.04599). */
  private static final int BINS = 15;

  private static final double LEAST_PROBABILITY = 1e-38;

  private final int networks;
  private final double[] sums;

  EnsembleCounts(int networks) {
    this(networks, new double[networks + 5 + 3 * BINS]);
  }

  private EnsembleCounts(int networks, double[] sums) {
    this.networks = networks;
    this.sums = sums;
  }

  double[] sums() {
    return sums;
  }

  /**
   * Counts a mini-batch.
   *
   * @param probabilities of each network, [n, classes]
   * @param leftOut the network without which a second mean is taken, or a negative number
   */
  void add(List<float[]> probabilities, long[] labels, int leftOut) {
    int classes = probabilities.get(0).length / labels.length;
    for (int i = 0; i < labels.length; i++) {
      int label = (int) labels[i];
      int[] votes = new int[classes];
      double[] mean = new double[classes];
      double[] others = new double[classes];
      for (int k = 0; k < networks; k++) {
        double[] own = row(probabilities.get(k), i, classes);
        for (int c = 0; c < classes; c++) {
          mean[c] += own[c] / networks;
          others[c] += k == leftOut ? 0 : own[c];
        }
        int vote = largest(own);
        votes[vote]++;
        sums[1 + k] += vote == label ? 1 : 0;
      }
      int answer = largest(mean);
      sums[0]++;
      sums[networks + 1] += answer == label ? 1 : 0;
      sums[networks + 2] -= Math.log(Math.max(mean[label], LEAST_PROBABILITY));
      sums[networks + 3] += largest(others) == label ? 1 : 0;
      sums[networks + 4] += disagreeing(votes);
      int bin = networks + 5 + 3 * Math.min(BINS - 1, (int) (mean[answer] * BINS));
      sums[bin]++;
      sums[bin + 1] += mean[answer];
      sums[bin + 2] += answer == label ? 1 : 0;
    }
  }

  private static double[] row(float[] values, int row, int length) {
    double[] own = new double[length];
    for (int c = 0; c < length; c++) {
      own[c] = values[row * length + c];
    }
    return own;
  }

  private static int largest(double[] values) {
    int best = 0;
    for (int c = 1; c < values.length; c++) {
      best = values[c] > values[best] ? c : best;
    }
    return best;
  }

  /** Pairs of networks with different answers. */
  private double disagreeing(int[] votes) {
    double same = 0;
    for (int n : votes) {
      same += n * (n - 1) / 2.0;
    }
    return networks * (networks - 1) / 2.0 - same;
  }

  /** What the sums over all shards mean. */
  static EnsembleEvaluation evaluation(int networks, double[] sums) {
    double n = sums[0];
    double[] members = new double[networks];
    for (int k = 0; k < networks; k++) {
      members[k] = sums[1 + k] / n;
    }
    double calibration = 0;
    for (int bin = networks + 5; bin < sums.length; bin += 3) {
      calibration += Math.abs(sums[bin + 2] - sums[bin + 1]) / n;
    }
    double pairs = networks * (networks - 1) / 2.0;
    return new EnsembleEvaluation(
        members,
        sums[networks + 1] / n,
        sums[networks + 2] / n,
        sums[networks + 3] / n,
        pairs == 0 ? 0 : sums[networks + 4] / n / pairs,
        calibration,
        (long) n);
  }
}
