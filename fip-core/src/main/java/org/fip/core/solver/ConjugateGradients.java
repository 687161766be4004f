package org.fip.core.solver;

import java.util.function.UnaryOperator;

/**
 * Preconditioned conjugate gradients for A x = b from x = 0, with a diagonal preconditioner, for a
 * fixed number of iterations or to a relative residual.
 */
public final class ConjugateGradients {
  private ConjugateGradients() {}

  /**
   * A solution.
   *
   * @param x the iterate
   * @param residual b - A x, as the recurrence has it
   * @param iterations products with A that were taken
   */
  public record Solution<V>(V x, V residual, int iterations) {}

  /**
   * Solves the system. The solution's vectors are new; what the operator returns is released.
   *
   * @param a symmetric positive definite; its results are new vectors
   * @param diagonal of the preconditioner, positive
   * @param tolerance stop when the preconditioned residual norm falls below this share of the first
   */
  public static <V> Solution<V> solve(
      VectorSpace<V> space, UnaryOperator<V> a, V diagonal, V b, int iterations, double tolerance) {
    V x = space.zeros(b);
    V r = space.copy(b);
    V z = space.zeros(b);
    space.divide(z, r, diagonal);
    V p = space.copy(z);
    double rz = space.dot(r, z);
    double target = rz * tolerance * tolerance;
    int done = 0;
    while (done < iterations && rz > target && rz > 0) {
      V ap = a.apply(p);
      done++;
      double curvature = space.dot(p, ap);
      if (!(curvature > 0)) {
        space.release(ap);
        break;
      }
      double alpha = rz / curvature;
      space.add(x, alpha, p);
      space.add(r, -alpha, ap);
      space.release(ap);
      space.divide(z, r, diagonal);
      double next = space.dot(r, z);
      space.scaleAndAdd(p, next / rz, z);
      rz = next;
    }
    space.release(z);
    space.release(p);
    return new Solution<>(x, r, done);
  }
}
