package org.fip.core.anchors;

import java.util.Arrays;
import java.util.List;
import org.fip.core.data.Rows;

/**
 * Herding (Welling 2009; Rebuffi et al. 2017, arXiv 1611.07725): within each class, the next is the
 * one that brings the mean of those chosen closest to the mean of the class. Features are scaled to
 * unit length first, as there.
 */
final class Herding {
  private Herding() {}

  /** The place of each example in the order of its class. Cost O(n^2 d) for a class of n. */
  static int[] ranks(float[][] features, int[] labels) {
    int[] ranks = new int[labels.length];
    for (int label : Arrays.stream(labels).distinct().sorted().toArray()) {
      rank(features, Rows.ofClasses(labels, List.of(label)), ranks);
    }
    return ranks;
  }

  private static void rank(float[][] features, int[] members, int[] ranks) {
    double[][] unit = new double[members.length][];
    Arrays.setAll(unit, i -> normalized(features[members[i]]));
    double[] mean = new double[unit[0].length];
    for (double[] row : unit) {
      add(mean, row, 1.0 / members.length);
    }
    // |mean - (chosen + x) / k|^2 is least where <k mean - chosen, x> - |x|^2 / 2 is greatest.
    double[] wanted = new double[mean.length];
    boolean[] taken = new boolean[members.length];
    for (int rank = 0; rank < members.length; rank++) {
      add(wanted, mean, 1);
      int best = -1;
      double most = 0;
      for (int i = 0; i < members.length; i++) {
        if (!taken[i]) {
          double gain = dot(wanted, unit[i]) - dot(unit[i], unit[i]) / 2;
          if (best < 0 || gain > most) {
            best = i;
            most = gain;
          }
        }
      }
      taken[best] = true;
      ranks[members[best]] = rank;
      add(wanted, unit[best], -1);
    }
  }

  private static double[] normalized(float[] row) {
    double squares = 0;
    for (float value : row) {
      squares += (double) value * value;
    }
    double[] unit = new double[row.length];
    for (int i = 0; squares > 0 && i < row.length; i++) {
      unit[i] = row[i] / Math.sqrt(squares);
    }
    return unit;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] sum, double[] row, double factor) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * row[i];
    }
  }
}
