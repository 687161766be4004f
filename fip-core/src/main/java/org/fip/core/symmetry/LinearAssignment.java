package org.fip.core.symmetry;

import java.util.Arrays;

/**
 * The linear assignment problem, solved by shortest augmenting paths with node prices (Jonker and
 * Volgenant 1987, doi 10.1007/BF02278710): rows enter one by one, each along the cheapest path of
 * reassignments. Cost O(n^3).
 */
final class LinearAssignment {
  private final double[][] gain;
  private final int n;
  private final double[] rowPrice;
  private final double[] columnPrice;
  private final int[] rowOf;

  private LinearAssignment(double[][] gain) {
    this.gain = gain;
    n = gain.length;
    rowPrice = new double[n];
    columnPrice = new double[n];
    rowOf = new int[n];
    Arrays.fill(rowOf, -1);
  }

  /**
   * The assignment of greatest total gain.
   *
   * @param gain [n][n], finite
   * @return for each row its column
   */
  static int[] maximum(double[][] gain) {
    LinearAssignment problem = new LinearAssignment(gain);
    for (int row = 0; row < gain.length; row++) {
      problem.enter(row);
    }
    int[] columnOf = new int[gain.length];
    for (int column = 0; column < gain.length; column++) {
      columnOf[problem.rowOf[column]] = column;
    }
    return columnOf;
  }

  /** Cost of a pair above what the prices pay for; never negative but for rounding. */
  private double reduced(int row, int column) {
    return -gain[row][column] - rowPrice[row] - columnPrice[column];
  }

  private void enter(int entering) {
    double[] distance = new double[n];
    int[] from = new int[n];
    boolean[] settled = new boolean[n];
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
    int row = entering;
    double reached = 0;
    int free = -1;
    while (free < 0) {
      int nearest = -1;
      for (int column = 0; column < n; column++) {
        if (settled[column]) {
          continue;
        }
        double through = reached + reduced(row, column);
        if (through < distance[column]) {
          distance[column] = through;
          from[column] = row;
        }
        if (nearest < 0 || distance[column] < distance[nearest]) {
          nearest = column;
        }
      }
      settled[nearest] = true;
      reached = distance[nearest];
      row = rowOf[nearest];
      free = row < 0 ? nearest : -1;
    }
    // Prices follow, so that reduced costs stay non-negative and vanish on the path.
    rowPrice[entering] += reached;
    for (int column = 0; column < n; column++) {
      if (settled[column] && column != free) {
        columnPrice[column] += distance[column] - reached;
        rowPrice[rowOf[column]] += reached - distance[column];
      }
    }
    for (int column = free; ; ) {
      int newRow = from[column];
      int left = columnOf(newRow);
      rowOf[column] = newRow;
      if (newRow == entering) {
        return;
      }
      column = left;
    }
  }

  private int columnOf(int row) {
    for (int column = 0; column < n; column++) {
      if (rowOf[column] == row) {
        return column;
      }
    }
    return -1;
  }
}
