package org.fip.core.manifold;

import java.util.List;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.Metric;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;

/**
 * A point of weight space that the workers know. Each question costs one round; the weights travel
 * once, however many are asked. Closing it lets the workers forget what they keep for it.
 */
public final class Point implements AutoCloseable {
  private final Workers workers;
  private final Published reference;
  private final Published weights;

  Point(Workers workers, Published reference, Published weights) {
    this.workers = workers;
    this.reference = reference;
    this.weights = weights;
  }

  /** The gradient of a sum of terms on the batches of a step. Reduces P floats. */
  public Gradient gradient(List<Term> terms, long step) {
    Partial sum =
        workers.round(new GradientTask(List.copyOf(terms), step), List.of(weights, reference));
    return new Gradient(sum.vector(), sum.sums());
  }

  /**
   * G v over a step's batch, at this point: length P. The first product over a batch linearises the
   * network and keeps that until the point is closed. Broadcasts and reduces P floats.
   */
  public float[] metricProduct(Metric metric, Batch batch, long step, float[] v) {
    Published direction = workers.publish(v);
    try {
      return workers
          .round(new MetricProductTask(metric, batch, step), List.of(weights, direction))
          .vector();
    } finally {
      workers.withdraw(direction);
    }
  }

  /**
   * v^T G v over a step's batch, at this point, with its sums in double. Keeps what {@link
   * #metricProduct} keeps, costs half of it, and reduces one number. Broadcasts P floats.
   */
  public double metricForm(Metric metric, Batch batch, long step, float[] v) {
    Published direction = workers.publish(v);
    try {
      return workers.round(new MetricFormTask(metric, batch, step), List.of(weights, direction))
          .sums()[0];
    } finally {
      workers.withdraw(direction);
    }
  }

  /** Mean squared output displacement, in the metric, from another point, over a step's batch. */
  public double displacementFrom(Point before, Metric metric, Batch batch, long step) {
    return workers.round(
            new DisplacementTask(metric, batch, step), List.of(before.weights, weights))
        .sums()[0];
  }

  /** Drift from the reference and displacement from a point measured before. */
  public Displacement measure(Point before, Distance distance, Batch probe) {
    double[] sums =
        workers
            .round(new MeasureTask(distance, probe), List.of(weights, reference, before.weights))
            .sums();
    return new Displacement(sums[0], sums[1], sums[2]);
  }

  /** Accuracy and loss on all examples of a labelled set. */
  public Evaluation evaluate(String data) {
    double[] sums = workers.round(new EvaluateTask(data), List.of(weights)).sums();
    return new Evaluation(sums[0] / sums[2], sums[1] / sums[2], (long) sums[2]);
  }

  @Override
  public void close() {
    workers.withdraw(weights);
  }
}
