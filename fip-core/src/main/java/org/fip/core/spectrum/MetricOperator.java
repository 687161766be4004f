package org.fip.core.spectrum;

import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Point;
import org.fip.core.objective.Batch;

/**
 * The metric tensor G at a point over all examples of a data set. A product is a round that sends
 * and brings back P floats, a form one that only sends them.
 */
public final class MetricOperator implements PositiveOperator {
  private final Point point;
  private final Metric metric;
  private final Batch batch;
  private final int parameters;
  private final long rankBound;

  /**
   * G at the point, which stays the caller's.
   *
   * @param data name of the data set
   * @param examples N, how many examples it has
   * @param classes C, how many outputs the network has; the rank of G is at most N C
   * @param parameters P
   */
  public MetricOperator(
      Point point, Metric metric, String data, int examples, int classes, int parameters) {
    this.point = point;
    this.metric = metric;
    this.batch = Batch.all(data);
    this.parameters = parameters;
    // Probabilities add up to one, which takes one dimension of every example's outputs.
    long perExample = metric == Metric.FISHER ? classes - 1 : classes;
    rankBound = Math.min(parameters, examples * perExample);
  }

  @Override
  public int dimension() {
    return parameters;
  }

  @Override
  public long rankBound() {
    return rankBound;
  }

  @Override
  public float[] product(float[] v) {
    return point.metricProduct(metric, batch, 0, v);
  }

  @Override
  public double form(float[] v) {
    return point.metricForm(metric, batch, 0, v);
  }
}
