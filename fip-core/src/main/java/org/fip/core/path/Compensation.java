package org.fip.core.path;

import java.io.Serializable;
import java.util.Arrays;
import java.util.function.Consumer;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Point;
import org.fip.core.objective.Batch;
import org.fip.core.solver.ConjugateGradients;

/**
 * How kept weights move as others are removed, d_s with G_ss d_s = -G_sr d_r: the surgeon of
 * Hassibi and Stork 1993 with the exact metric, for many removals at once, by conjugate gradients.
 *
 * @param metric the metric of output space
 * @param batch the examples that G is taken over, drawn anew at each step
 * @param iterations at most so many products with G
 */
public record Compensation(Metric metric, Batch batch, int iterations) implements Serializable {
  /** Damping as a share of the metric's mean curvature along the removal. */
  private static final double DAMPING = 1e-3;

  private static final double TOLERANCE = 1e-2;

  /**
   * Adds the compensation to a move.
   *
   * @param move -w where a weight is removed, else 0, [P]; changed in place
   * @param restrict sets components of removed weights to zero
   */
  void add(Point here, long step, float[] move, Consumer<float[]> restrict) {
    double squared = Vector.dot(move, move);
    if (squared == 0) {
      return;
    }
    float[] b = here.metricProduct(metric, batch, step, move);
    float damping = (float) (DAMPING * Vector.dot(move, b) / squared);
    Vector.scale(b, -1);
    restrict.accept(b);
    float[] diagonal = new float[b.length];
    Arrays.fill(diagonal, 1);
    ConjugateGradients.Solution<float[]> solution =
        ConjugateGradients.solve(
            HostVectors.INSTANCE,
            p -> {
              float[] product = here.metricProduct(metric, batch, step, p);
              Vector.add(product, damping, p);
              restrict.accept(product);
              return product;
            },
            diagonal,
            b,
            iterations,
            TOLERANCE);
    Vector.add(move, 1, solution.x());
  }
}
