package org.fip.core.geometry;

import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.EigenDecompositionSymmetric;

/**
 * Eigenpairs of a small dense symmetric matrix, the largest eigenvalue first.
 *
 * @param values eigenvalues in descending order, each within some units of rounding of the largest
 *     in size
 * @param vectors for each, its vector of length 1
 */
@SuppressWarnings("ArrayRecordComponent")
public record Eigenpairs(double[] values, double[][] vectors) {

  /**
   * Solves by tridiagonal QL, some 9 n³ operations.
   *
   * @param symmetric [n, n]; read, not kept
   */
  public static Eigenpairs of(double[][] symmetric) {
    int side = symmetric.length;
    if (side == 0) {
      return new Eigenpairs(new double[0], new double[0][]);
    }
    // The solver's stopping rule looks for small entries beside the diagonal relative to those on
    // it, which many eigenvalues that are zero up to rounding never show. A shift by a bound of
    // their size puts all of them between zero and twice that bound.
    double shift = largestRowSum(symmetric);
    double[][] shifted = new double[side][];
    for (int i = 0; i < side; i++) {
      shifted[i] = symmetric[i].clone();
      shifted[i][i] += shift;
    }
    EigenDecompositionSymmetric solved =
        new EigenDecompositionSymmetric(new Array2DRowRealMatrix(shifted, false));
    double[] values = new double[side];
    double[][] vectors = new double[side][];
    for (int i = 0; i < side; i++) {
      values[i] = solved.getEigenvalue(i) - shift;
      vectors[i] = solved.getEigenvector(i).toArray();
    }
    return new Eigenpairs(values, vectors);
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
