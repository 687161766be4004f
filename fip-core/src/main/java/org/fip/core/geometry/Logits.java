package org.fip.core.geometry;

/**
 * Functions of logits [N, C] on the host, in double: at small displacements they are differences of
 * nearly equal numbers, which float32 cannot hold.
 */
final class Logits {
  private final double[] values;
  private final int classes;

  Logits(double[] values, int classes) {
    this.values = values;
    this.classes = classes;
  }

  double[] values() {
    return values;
  }

  private int examples() {
    return values.length / classes;
  }

  /** Natural logarithms of the softmax, [N, C]. */
  private double[] logProbabilities() {
    double[] result = new double[values.length];
    for (int from = 0; from < values.length; from += classes) {
      double top = Double.NEGATIVE_INFINITY;
      for (int i = from; i < from + classes; i++) {
        top = Math.max(top, values[i]);
      }
      double sum = 0;
      for (int i = from; i < from + classes; i++) {
        sum += Math.exp(values[i] - top);
      }
      for (int i = from; i < from + classes; i++) {
        result[i] = values[i] - top - Math.log(sum);
      }
    }
    return result;
  }

  private double[] probabilities() {
    double[] result = logProbabilities();
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.exp(result[i]);
    }
    return result;
  }

  /** Cross-entropy, mean over examples. */
  double crossEntropy(int[] labels) {
    double[] logarithms = logProbabilities();
    double sum = 0;
    for (int row = 0; row < labels.length; row++) {
      sum -= logarithms[row * classes + labels[row]];
    }
    return sum / labels.length;
  }

  /** Gradient of the mean cross-entropy in the logits, [N, C]. */
  double[] crossEntropyGradient(int[] labels) {
    double[] gradient = probabilities();
    for (int row = 0; row < labels.length; row++) {
      gradient[row * classes + labels[row]] -= 1;
    }
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] /= labels.length;
    }
    return gradient;
  }

  /** KL(softmax of these || softmax of the other logits), mean over examples. */
  double divergence(Logits other) {
    double[] here = logProbabilities();
    double[] there = other.logProbabilities();
    double sum = 0;
    for (int i = 0; i < here.length; i++) {
      sum += Math.exp(here[i]) * (here[i] - there[i]);
    }
    return sum / examples();
  }

  /** t^T M t of a tangent t [N, C], mean over examples. */
  double squaredLength(Metric metric, double[] t) {
    double[] weights = metric == Metric.FISHER ? probabilities() : null;
    double sum = 0;
    for (int from = 0; from < t.length; from += classes) {
      double mean = 0;
      for (int i = from; weights != null && i < from + classes; i++) {
        mean += weights[i] * t[i];
      }
      for (int i = from; i < from + classes; i++) {
        double weight = weights == null ? 1 : weights[i];
        sum += weight * (t[i] - mean) * (t[i] - mean);
      }
    }
    return sum / examples();
  }
}
