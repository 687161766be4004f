package org.fip.core.geometry;

/**
 * The metric of output space, which the metric tensor G = mean of J^T M J pulls back to weight
 * space.
 */
public enum Metric {
  /** M = I: squared distance of logits. */
  EUCLIDEAN("_euclidean"),
  /**
   * M = diag(p) - p p^T with p = softmax of the logits: the Fisher information of the class
   * distribution. v^T G v is 2 KL and 8 Bhattacharyya distances to second order.
   */
  FISHER("_fisher");

  private final String method;

  Metric(String method) {
    this.method = method;
  }

  String method() {
    return method;
  }
}
