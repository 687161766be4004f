package org.fip.core.path;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A matrix of w whose change is B A, with A [rank, inputs] and B [outputs, rank] in the place of
 * the matrix in a vector of factors, A first.
 *
 * <p>Rows are copied to arrays of their own before they are combined: loops over whole arrays
 * become vector instructions, those over parts of one long array do not (ten times slower for a
 * table of embeddings).
 *
 * @param offset of the matrix in w, and of its factors in theirs
 */
record LowRankMatrix(int offset, int outputs, int inputs, int rank) {

  /** Whether the factors have fewer elements than the matrix. */
  boolean saves() {
    return (long) rank * (outputs + inputs) < (long) outputs * inputs;
  }

  /** The end of the factors. */
  int end() {
    return firstOfB() + outputs * rank;
  }

  /** Sets A uniform within one over the root of the inputs, and leaves B. */
  void begin(float[] factors, SplittableRandom random) {
    double bound = 1 / Math.sqrt(inputs);
    for (int i = offset; i < firstOfB(); i++) {
      factors[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
  }

  /**
   * The gradient in the factors: dA = B^T dW, dB = dW A^T. Rows of dW that are all zeros, as those
   * of tokens are that no text of a step has, cost nothing.
   *
   * @param gradient in w
   * @param pulled gets the gradient in the factors, zeros before
   */
  void pull(float[] gradient, float[] factors, float[] pulled) {
    double[][] columns = new double[inputs][rank];
    for (int r = 0; r < rank; r++) {
      for (int i = 0; i < inputs; i++) {
        columns[i][r] = factors[offset + r * inputs + i];
      }
    }
    float[][] rowsOfA = new float[rank][inputs];
    float[] row = new float[inputs];
    double[] products = new double[rank];
    for (int o = 0; o < outputs; o++) {
      System.arraycopy(gradient, offset + o * inputs, row, 0, inputs);
      if (isZero(row)) {
        continue;
      }
      Arrays.fill(products, 0);
      for (int i = 0; i < inputs; i++) {
        add(row[i], columns[i], products);
      }
      int b = firstOfB() + o * rank;
      for (int r = 0; r < rank; r++) {
        pulled[b + r] = (float) products[r];
        add(factors[b + r], row, rowsOfA[r]);
      }
    }
    for (int r = 0; r < rank; r++) {
      System.arraycopy(rowsOfA[r], 0, pulled, offset + r * inputs, inputs);
    }
  }

  /** Sets the matrix of the weights to that of the base plus B A. */
  void push(float[] base, float[] factors, float[] weights) {
    float[][] rowsOfA = new float[rank][];
    for (int r = 0; r < rank; r++) {
      int a = offset + r * inputs;
      rowsOfA[r] = Arrays.copyOfRange(factors, a, a + inputs);
    }
    float[] row = new float[inputs];
    for (int o = 0; o < outputs; o++) {
      int at = offset + o * inputs;
      System.arraycopy(base, at, row, 0, inputs);
      int b = firstOfB() + o * rank;
      for (int r = 0; r < rank; r++) {
        if (factors[b + r] != 0) {
          add(factors[b + r], rowsOfA[r], row);
        }
      }
      System.arraycopy(row, 0, weights, at, inputs);
    }
  }

  private int firstOfB() {
    return offset + rank * inputs;
  }

  private static boolean isZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static void add(float factor, float[] of, float[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * of[i];
    }
  }

  private static void add(double factor, double[] of, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * of[i];
    }
  }
}
