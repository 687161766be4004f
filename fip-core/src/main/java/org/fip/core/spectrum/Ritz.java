package org.fip.core.spectrum;

import java.util.Arrays;
import org.fip.core.geometry.Eigenpairs;

/**
 * Eigenpairs of a projected matrix, the largest first.
 *
 * @param values Ritz values in descending order
 * @param columns for each, the coordinates of its vector in the basis
 * @param residuals for each, an estimate of |A y - theta y|
 */
@SuppressWarnings("ArrayRecordComponent")
record Ritz(double[] values, double[][] columns, double[] residuals) {

  /**
   * Solves the projected problem.
   *
   * @param projected V^T A V, of which the first {@code size} rows and columns are read
   * @param beta norm of the part of A V's last column outside the basis
   * @param lost for each basis vector, norm of a part of its product outside the basis that was
   *     dropped
   */
  static Ritz of(double[][] projected, int size, double beta, double[] lost) {
    if (size == 0) {
      return new Ritz(new double[0], new double[0][], new double[0]);
    }
    double[][] part = new double[size][];
    for (int i = 0; i < size; i++) {
      part[i] = Arrays.copyOf(projected[i], size);
    }
    Eigenpairs solved = Eigenpairs.of(part);
    double[][] columns = new double[size][];
    double[] residuals = new double[size];
    for (int i = 0; i < size; i++) {
      columns[i] = solved.vector(i);
      double sum = beta * columns[i][size - 1] * beta * columns[i][size - 1];
      for (int j = 0; j < size; j++) {
        sum += columns[i][j] * lost[j] * columns[i][j] * lost[j];
      }
      residuals[i] = Math.sqrt(sum);
    }
    return new Ritz(solved.values(), columns, residuals);
  }

  /** How many of the first {@code wanted} have a residual of at most this share of the largest. */
  int converged(int wanted, double tolerance) {
    int count = 0;
    for (int i = 0; i < Math.min(wanted, values.length); i++) {
      if (residuals[i] <= tolerance * values[0]) {
        count++;
      }
    }
    return count;
  }

  /** The coordinates of the first {@code count} vectors. */
  double[][] first(int count) {
    return Arrays.copyOf(columns, count);
  }
}
