package org.fip.core.geometry;

import java.util.Arrays;
import org.fip.core.FipException;

/**
 * The matrix J J^T / N over all outputs of N examples, [N C, N C], whose eigenvalues other than
 * zero are those of the metric tensor G = J^T J / N. Its side does not grow with the number of
 * weights, so a dense solver will do.
 */
final class GramMatrix {
  /** Side up to which a dense matrix and its eigenvalues are cheap: 128 MB and a minute. */
  static final int MAX_SIDE = 4096;

  private final double[][] columns;
  private final int examples;

  private GramMatrix(double[][] columns, int examples) {
    this.columns = columns;
    this.examples = examples;
  }

  /** One column of J J^T, in all rows. */
  interface ColumnSource {
    /** J J^T e, [N C], for the unit vector e of this output. */
    double[] column(int output);
  }

  /**
   * Asks for all columns.
   *
   * @throws FipException with category DATA when the matrix would be too large
   */
  static GramMatrix of(int examples, int classes, ColumnSource source) {
    requireSmall(examples, classes);
    double[][] columns = new double[examples * classes][];
    for (int output = 0; output < columns.length; output++) {
      columns[output] = source.column(output);
    }
    return new GramMatrix(columns, examples);
  }

  static void requireSmall(int examples, int classes) {
    long side = (long) examples * classes;
    if (side > MAX_SIDE) {
      throw FipException.data(
          "%d examples of %d classes make a Gram matrix of side %d, more than %d;"
              + " give at most %d examples",
          examples, classes, side, MAX_SIDE, MAX_SIDE / classes);
    }
  }

  /** The trace of G: its mean over examples of the squared norm of J_i. */
  double trace() {
    double sum = 0;
    for (int i = 0; i < columns.length; i++) {
      sum += columns[i][i];
    }
    return sum / examples;
  }

  /** The largest eigenvalues of G in descending order, fewer when the matrix is smaller. */
  double[] largestEigenvalues(int count) {
    int side = columns.length;
    double[][] symmetric = new double[side][side];
    for (int i = 0; i < side; i++) {
      for (int j = 0; j < side; j++) {
        symmetric[i][j] = (columns[i][j] + columns[j][i]) / (2 * examples);
      }
    }
    return Arrays.copyOf(Eigenpairs.of(symmetric).values(), Math.min(count, side));
  }
}
