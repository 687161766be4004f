package org.fip.core.spectrum;

import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Point;
import org.fip.core.network.Network;
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
   * @param network with the point's weights: it has P of them, and C outputs; the rank of G is at
   *     most N C
   */
  public MetricOperator(Point point, Metric metric, String data, int examples, Network network) {
    this.point = point;
    this.metric = metric;
    this.batch = Batch.all(data);
    this.parameters = network.layout().size();
    // Probabilities add up to one, which takes one dimension of every example's outputs.
    long perExample = metric == Metric.FISHER ? network.classes() - 1L : network.classes();
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
