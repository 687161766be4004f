package org.fip.core.manifold;

import java.util.ArrayList;
import java.util.Arrays;
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
  private final Origins origins;
  private final Published weights;

  Point(Workers workers, Origins origins, Published weights) {
    this.workers = workers;
    this.origins = origins;
    this.weights = weights;
  }

  /** Another point of the same manifold. Costs one broadcast of P floats. */
  public Point moved(float[] to) {
    return new Point(workers, origins, workers.publish(to));
  }

  /** The weights as the workers know them. */
  Published published() {
    return weights;
  }

  /** The gradient of a sum of terms on the batches of a step. Reduces P floats. */
  public Gradient gradient(List<Term> terms, long step) {
    return gradient(terms, step, List.of());
  }

  /** The same with other networks, which attacks of terms name by their number. */
  public Gradient gradient(List<Term> terms, long step, List<Point> others) {
    List<Published> vectors = new ArrayList<>(List.of(weights, origins.reference()));
    others.forEach(other -> vectors.add(other.weights));
    Partial sum = workers.round(new GradientTask(List.copyOf(terms), step), vectors);
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

  /**
   * The diagonal of G over a step's batch, at this point: length P. Reduces P floats.
   *
   * @param exact whether it is that of the batch to rounding, at (1 + 2 C) F, or an estimate
   *     without bias, at 3 F
   */
  public float[] metricDiagonal(Metric metric, Batch batch, long step, boolean exact) {
    return workers.round(new DiagonalTask(metric, batch, step, exact), List.of(weights)).vector();
  }

  /** Mean squared output displacement, in the metric, from another point, over a step's batch. */
  public double displacementFrom(Point before, Metric metric, Batch batch, long step) {
    return workers.round(
            new DisplacementTask(metric, batch, step), List.of(before.weights, weights))
        .sums()[0];
  }

  /**
   * The mean of the directions that each shard finds with its own part of the system's batch, in
   * one round whatever the number of iterations. Broadcasts 2 P floats and reduces P.
   */
  public LocalDirection solveLocally(LocalSystem system) {
    Published rightSide = workers.publish(system.rightSide());
    Published diagonal = workers.publish(system.diagonal());
    try {
      LocalSolveTask task =
          new LocalSolveTask(
              system.metric(),
              system.batch(),
              system.step(),
              system.anchorWeight(),
              system.iterations(),
              system.tolerance());
      Partial sum = workers.round(task, List.of(weights, rightSide, diagonal));
      return new LocalDirection(sum.vector(), sum.sums()[0]);
    } finally {
      workers.withdraw(rightSide);
      workers.withdraw(diagonal);
    }
  }

  /**
   * The mean of where each shard comes to by steps of its own from this point, in one round.
   * Broadcasts 2 P floats and reduces 3 P.
   *
   * @param first first moments, length P
   * @param second second moments, length P
   * @throws org.fip.core.FipException with category DATA when a shard has no part of a batch
   */
  public LocalSteps.Result localSteps(LocalSteps steps, float[] first, float[] second) {
    Published publishedFirst = workers.publish(first);
    Published publishedSecond = workers.publish(second);
    try {
      Partial sum =
          workers.round(
              new LocalStepsTask(steps),
              List.of(weights, origins.reference(), publishedFirst, publishedSecond));
      int p = first.length;
      return new LocalSteps.Result(
          Arrays.copyOf(sum.vector(), p),
          Arrays.copyOfRange(sum.vector(), p, 2 * p),
          Arrays.copyOfRange(sum.vector(), 2 * p, 3 * p),
          sum.sums()[0]);
    } finally {
      workers.withdraw(publishedFirst);
      workers.withdraw(publishedSecond);
    }
  }

  /**
   * Factors and offsets, channel by channel, that bring batch normalisations as near to those of
   * the reference as they can over a step's batch: of each of the graph's normalised layers first
   * all factors, then all offsets.
   */
  public float[] renormalization(Batch batch, long step) {
    return workers
        .round(new NormalizationTask(batch, step), List.of(weights, origins.reference()))
        .vector();
  }

  /** Displacement from another point, over a step's batch, beside what the metric there says. */
  public Trial trialFrom(Point before, Metric metric, Batch batch, long step) {
    double[] sums =
        workers.round(new TrialTask(metric, batch, step), List.of(before.weights, weights)).sums();
    return new Trial(sums[0], sums[1]);
  }

  /**
   * The same, and the gradient here of a sum of terms on the batches of the next step, in one
   * round. Reduces P floats.
   */
  public Trial.WithGradient trialAndGradient(
      Point before, Metric metric, Batch batch, long step, List<Term> terms) {
    TrialAndGradientTask task =
        new TrialAndGradientTask(
            new TrialTask(metric, batch, step), new GradientTask(List.copyOf(terms), step + 1));
    Partial sum = workers.round(task, List.of(before.weights, weights, origins.reference()));
    double[] sums = sum.sums();
    return new Trial.WithGradient(
        new Trial(sums[0], sums[1]),
        new Gradient(sum.vector(), Arrays.copyOfRange(sums, 2, sums.length)));
  }

  /** Drift from the reference and displacement from a point measured before. */
  public Displacement measure(Point before, Distance distance, Batch probe) {
    double[] sums =
        workers
            .round(
                new MeasureTask(distance, probe),
                List.of(weights, origins.reference(), before.weights))
            .sums();
    return new Displacement(sums[0], sums[1], sums[2]);
  }

  /**
   * J v of every example of a set of at most 4,096 rows: [N, C], row-major, in the order of the
   * set. The first question linearises the network, and the workers keep that until the point is
   * closed. Broadcasts P floats and reduces N C.
   *
   * @param v a direction, length P
   * @throws org.fip.core.FipException with category DATA when the set is larger
   */
  public float[] outputTangents(String data, float[] v) {
    Published direction = workers.publish(v);
    try {
      return workers.round(new OutputTangentTask(data), List.of(weights, direction)).vector();
    } finally {
      workers.withdraw(direction);
    }
  }

  /** Accuracy and loss on all examples of a labelled set. */
  public Evaluation evaluate(String data) {
    double[] sums = workers.round(new EvaluateTask(data), List.of(weights)).sums();
    return new Evaluation(sums[0] / sums[2], sums[1] / sums[2], (long) sums[2]);
  }

  /** The same, and on how many of the examples the network at the start answers alike. */
  public Evaluation evaluateBesideStart(String data) {
    double[] sums = workers.round(new EvaluateTask(data), List.of(weights, origins.start())).sums();
    return new Evaluation(sums[0] / sums[2], sums[1] / sums[2], (long) sums[2], sums[3] / sums[2]);
  }

  /**
   * The logits of every example of a set of at most 4,096 rows: [N, C], row-major, in the order of
   * the set. Reduces N C floats.
   *
   * @throws org.fip.core.FipException with category DATA when the set is larger
   */
  public float[] outputs(String data) {
    return workers.round(new OutputsTask(data), List.of(weights)).vector();
  }

  /**
   * The diagonal of the empirical Fisher information over all examples of a labelled set: the mean
   * of the squared gradients of each one's cross-entropy, length P. Cost 3 F for each example, one
   * at a time. Reduces P floats.
   */
  public float[] fisherDiagonal(String data) {
    return workers.round(new FisherDiagonalTask(data), List.of(weights)).vector();
  }

  /**
   * Accuracy and loss on images that are perturbed to be misclassified.
   *
   * @throws org.fip.core.FipException with category DATA when the network reads texts
   */
  public Robustness robustness(RobustnessProbe test) {
    double[] sums = workers.round(new RobustnessTask(test), List.of(weights)).sums();
    long n = (long) sums[4];
    return new Robustness(
        new Evaluation(sums[0] / n, sums[1] / n, n), new Evaluation(sums[2] / n, sums[3] / n, n));
  }

  @Override
  public void close() {
    workers.withdraw(weights);
  }
}
