package org.fip.core.spectrum;

import java.util.Arrays;
import java.util.Random;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.EigenDecompositionSymmetric;

/** A dense matrix whose products are rounded to float32, as those of a network are. */
final class DenseOperator implements PositiveOperator {
  private final double[][] matrix;
  private final long rank;
  private int products;

  private DenseOperator(double[][] matrix, long rank) {
    this.matrix = matrix;
    this.rank = rank;
  }

  /** A matrix with these eigenvalues and random eigenvectors. */
  static DenseOperator of(double[] eigenvalues, Random random) {
    int n = eigenvalues.length;
    double[][] q = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        q[i][j] = random.nextGaussian();
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < i; k++) {
          double dot = 0;
          for (int j = 0; j < n; j++) {
            dot += q[i][j] * q[k][j];
          }
          for (int j = 0; j < n; j++) {
            q[i][j] -= dot * q[k][j];
          }
        }
      }
      double norm = Math.sqrt(Arrays.stream(q[i]).map(x -> x * x).sum());
      for (int j = 0; j < n; j++) {
        q[i][j] /= norm;
      }
    }
    double[][] matrix = new double[n][n];
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          matrix[i][j] += eigenvalues[k] * (q[k][i] * q[k][j]);
        }
      }
    }
    return new DenseOperator(matrix, n);
  }

  /** The same with a bound of the rank that is known. */
  DenseOperator withRankBound(long bound) {
    return new DenseOperator(matrix, bound);
  }

  @Override
  public int dimension() {
    return matrix.length;
  }

  @Override
  public long rankBound() {
    return rank;
  }

  int products() {
    return products;
  }

  double entry(int i, int j) {
    return matrix[i][j];
  }

  @Override
  public float[] product(float[] v) {
    products++;
    float[] result = new float[v.length];
    for (int i = 0; i < v.length; i++) {
      result[i] = (float) row(i, v);
    }
    return result;
  }

  private double row(int i, float[] v) {
    double sum = 0;
    for (int j = 0; j < v.length; j++) {
      sum += matrix[i][j] * v[j];
    }
    return sum;
  }

  @Override
  public double form(float[] v) {
    double sum = 0;
    for (int i = 0; i < v.length; i++) {
      sum += v[i] * row(i, v);
    }
    return sum;
  }

  /** All eigenvalues, in descending order, by a dense solver. */
  double[] eigenvalues() {
    // Shifted: the solver gives up on eigenvalues that are zero up to rounding.
    Array2DRowRealMatrix shifted = new Array2DRowRealMatrix(matrix);
    double shift = shifted.getTrace() + 1;
    for (int i = 0; i < matrix.length; i++) {
      shifted.addToEntry(i, i, shift);
    }
    double[] values = new EigenDecompositionSymmetric(shifted).getEigenvalues().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] -= shift;
    }
    Arrays.sort(values);
    for (int i = 0; i < values.length / 2; i++) {
      double swapped = values[i];
      values[i] = values[values.length - 1 - i];
      values[values.length - 1 - i] = swapped;
    }
    return values;
  }
}
