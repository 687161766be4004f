package org.fip.core.geometry;

import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.EigenDecompositionSymmetric;

/** Eigenpairs of a small dense symmetric matrix, the largest eigenvalue first. */
public final class Eigenpairs {
  private final EigenDecompositionSymmetric solved;
  private final double[] values;

  private Eigenpairs(EigenDecompositionSymmetric solved, double shift) {
    this.solved = solved;
    values = solved.getEigenvalues().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] -= shift;
    }
  }

  /**
   * Solves by tridiagonal QL, some 9 n³ operations.
   *
   * @param symmetric [n, n] with n at least 1; is the solver's from now on, and changed
   */
  public static Eigenpairs of(double[][] symmetric) {
    // The solver's stopping rule looks for small entries beside the diagonal relative to those on
    // it, which many eigenvalues that are zero up to rounding never show. A shift by a bound of
    // their size puts all of them between zero and twice that bound.
    double shift = largestRowSum(symmetric);
    for (int i = 0; i < symmetric.length; i++) {
      symmetric[i][i] += shift;
    }
    return new Eigenpairs(
        new EigenDecompositionSymmetric(new Array2DRowRealMatrix(symmetric, false)), shift);
  }

  /**
   * All n eigenvalues in descending order, each within some units of rounding of the largest in
   * size.
   */
  public double[] values() {
    return values.clone();
  }

  /** The vector of the i-th eigenvalue, [n], of length 1. */
  public double[] vector(int i) {
    return solved.getEigenvector(i).toArray();
  }

  /** A bound of the sizes of all eigenvalues (Gershgorin). */
  private static double largestRowSum(double[][] matrix) {
    double largest = 0;
    for (double[] row : matrix) {
      double sum = 0;
      for (double entry : row) {
        sum += Math.abs(entry);
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }
}
