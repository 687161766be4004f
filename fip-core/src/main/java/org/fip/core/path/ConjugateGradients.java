package org.fip.core.path;

import java.util.function.UnaryOperator;

/**
 * Preconditioned conjugate gradients for A x = b from x = 0, with a diagonal preconditioner, for a
 * fixed number of iterations or to a relative residual.
 */
final class ConjugateGradients {
  private ConjugateGradients() {}

  /**
   * A solution.
   *
   * @param x the iterate
   * @param residual b - A x, as the recurrence has it
   * @param iterations products with A that were taken
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Solution(float[] x, float[] residual, int iterations) {}

  /**
   * Solves the system.
   *
   * @param a symmetric positive definite
   * @param diagonal of the preconditioner, positive
   * @param tolerance stop when the preconditioned residual norm falls below this share of the first
   */
  static Solution solve(
      UnaryOperator<float[]> a, float[] diagonal, float[] b, int iterations, double tolerance) {
    float[] x = new float[b.length];
    float[] r = b.clone();
    float[] z = divided(r, diagonal);
    float[] p = z.clone();
    double rz = Vector.dot(r, z);
    double target = rz * tolerance * tolerance;
    int done = 0;
    while (done < iterations && rz > target && rz > 0) {
      float[] ap = a.apply(p);
      done++;
      double curvature = Vector.dot(p, ap);
      if (!(curvature > 0)) {
        break;
      }
      double alpha = rz / curvature;
      Vector.add(x, alpha, p);
      Vector.add(r, -alpha, ap);
      z = divided(r, diagonal);
      double next = Vector.dot(r, z);
      float beta = (float) (next / rz);
      rz = next;
      for (int i = 0; i < p.length; i++) {
        p[i] = z[i] + beta * p[i];
      }
    }
    return new Solution(x, r, done);
  }

  private static float[] divided(float[] a, float[] diagonal) {
    float[] result = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = a[i] / diagonal[i];
    }
    return result;
  }
}
