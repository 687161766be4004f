package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import org.fip.core.engine.Program;
import org.fip.core.geometry.Metric;
import org.fip.core.objective.Batch;

/**
 * v^T G v, the mean over a batch of |J v| squared in the metric, at a kept point. Vectors: w, v.
 * Without J^T, and brings back one number; its sums are in double. Cost 2 F.
 */
record MetricFormTask(Metric metric, Batch batch, long step) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    double sum = sum(shard, vectors, vectors.get(1));
    return Partial.of(sum / shard.draw(batch, step).total());
  }

  /** The sum over the shard's part at the first vector of the round, of any direction. */
  double sum(Shard shard, Vectors vectors, NDArray direction) {
    double[] sum = {0};
    shard.forEachLinearization(
        vectors.id(0),
        vectors.get(0),
        batch,
        step,
        (scope, part) -> {
          NDArray outputs = part.jv(scope, direction);
          int classes = (int) outputs.getShape().get(1);
          double[] tangent = Program.doubles(outputs);
          sum[0] +=
              metric == Metric.EUCLIDEAN
                  ? squaredNorm(tangent)
                  : squaredFisher(Program.doubles(part.logits().stopGradient()), tangent, classes);
        });
    return sum[0];
  }

  private static double squaredNorm(double[] tangent) {
    double sum = 0;
    for (double value : tangent) {
      sum += value * value;
    }
    return sum;
  }

  /** The variance of the tangent under each example's class probabilities, sum over examples. */
  private static double squaredFisher(double[] logits, double[] tangent, int classes) {
    double sum = 0;
    double[] p = new double[classes];
    for (int from = 0; from < tangent.length; from += classes) {
      softmax(logits, from, p);
      double mean = 0;
      for (int c = 0; c < classes; c++) {
        mean += p[c] * tangent[from + c];
      }
      for (int c = 0; c < classes; c++) {
        double deviation = tangent[from + c] - mean;
        sum += p[c] * deviation * deviation;
      }
    }
    return sum;
  }

  /** Probabilities of the logits at so many positions. */
  static void softmax(double[] logits, int from, double[] p) {
    double top = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < p.length; c++) {
      top = Math.max(top, logits[from + c]);
    }
    double sum = 0;
    for (int c = 0; c < p.length; c++) {
      p[c] = Math.exp(logits[from + c] - top);
      sum += p[c];
    }
    for (int c = 0; c < p.length; c++) {
      p[c] /= sum;
    }
  }
}
