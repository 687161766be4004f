package org.fip.core.manifold;

import org.fip.core.geometry.Metric;

/** Square roots of the metric of output space at an example's logits: M = L L^T, [C, C]. */
final class MetricRoot {
  private MetricRoot() {}

  /**
   * The columns of L: unit vectors, or with the Fisher metric sqrt(p_c) (e_c - p), since the sum of
   * p_c (e_c - p)(e_c - p)^T is diag(p) - p p^T.
   */
  static double[][] columns(Metric metric, double[] logits) {
    int classes = logits.length;
    double[][] columns = new double[classes][classes];
    double[] p = new double[classes];
    if (metric == Metric.FISHER) {
      MetricFormTask.softmax(logits, 0, p);
    }
    for (int c = 0; c < classes; c++) {
      double scale = metric == Metric.FISHER ? Math.sqrt(p[c]) : 1;
      for (int i = 0; i < classes; i++) {
        columns[c][i] = scale * ((i == c ? 1 : 0) - p[i]);
      }
    }
    return columns;
  }
}
