package org.fip.core.geometry;

import java.util.Arrays;
import java.util.List;

/**
 * The plane in which points of a high-dimensional space differ most: their first two principal
 * components. It is found from the Gram matrix of the points, to which the points are added slice
 * by slice, so that no point is ever in memory as a whole.
 *
 * <p>Principal components of the centred points X [n, P] are eigenvectors of the Gram matrix X Xᵀ
 * [n, n] times the roots of its eigenvalues (classical scaling, Gower 1966, doi
 * 10.1093/biomet/53.3-4.325).
 */
public final class PrincipalPlane {
  private final int points;
  private final double[][] gram;

  /**
   * A point in the plane.
   *
   * @param first coordinate along the first axis
   * @param second coordinate along the second axis
   */
  public record Position(double first, double second) {}

  /**
   * Points in the plane.
   *
   * @param positions of the n points, centred; distances are at most those of the points themselves
   * @param first share of the variance along the first axis, 0 when all points are equal
   * @param second share of the variance along the second axis
   */
  public record Coordinates(List<Position> positions, double first, double second) {

    /** Copies the list. */
    public Coordinates {
      positions = List.copyOf(positions);
    }
  }

  /** A plane for n points, none of whose coordinates are known yet. */
  public PrincipalPlane(int points) {
    if (points < 1) {
      throw new IllegalArgumentException("a plane of no points");
    }
    this.points = points;
    gram = new double[points][points];
  }

  /**
   * Adds the next coordinates of all points. Costs n²/2 products of each coordinate, in double
   * precision.
   *
   * @param slices [n, at least count], the same coordinates of each point, float32
   * @param count how many they are
   */
  public void add(float[][] slices, int count) {
    // Points of one path lie close together and far from the origin: only differences to one of
    // them keep their digits.
    double[][] differences = new double[points][count];
    for (int i = 1; i < points; i++) {
      for (int k = 0; k < count; k++) {
        differences[i][k] = (double) slices[i][k] - slices[0][k];
      }
    }
    for (int i = 1; i < points; i++) {
      for (int j = 1; j <= i; j++) {
        gram[i][j] += dot(differences[i], differences[j]);
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double even = 0;
    double odd = 0;
    int k = 0;
    for (; k + 1 < a.length; k += 2) {
      even += a[k] * b[k];
      odd += a[k + 1] * b[k + 1];
    }
    return k < a.length ? even + odd + a[k] * b[k] : even + odd;
  }

  /**
   * The points in their plane. Axes point to where the point that is farthest along them lies, so
   * equal points give equal pictures.
   */
  public Coordinates coordinates() {
    double[][] centred = centred();
    double trace = 0;
    for (int i = 0; i < points; i++) {
      trace += centred[i][i];
    }
    double[][] result = new double[points][2];
    if (!(trace > 0)) {
      return new Coordinates(positions(result), 0, 0);
    }
    Eigenpairs solved = Eigenpairs.of(scaled(centred, trace));
    double[] values = solved.values();
    double[] shares = new double[2];
    for (int axis = 0; axis < Math.min(2, points); axis++) {
      // Rounding makes some that are zero negative.
      double share = Math.max(0, values[axis]);
      double[] vector = solved.vector(axis);
      double length = Math.sqrt(share * trace) * direction(vector);
      for (int i = 0; i < points; i++) {
        result[i][axis] = vector[i] * length;
      }
      shares[axis] = share;
    }
    return new Coordinates(positions(result), shares[0], shares[1]);
  }

  private static List<Position> positions(double[][] coordinates) {
    return Arrays.stream(coordinates).map(at -> new Position(at[0], at[1])).toList();
  }

  /** The Gram matrix of the points less their mean. */
  private double[][] centred() {
    double[][] whole = new double[points][points];
    double[] means = new double[points];
    for (int i = 0; i < points; i++) {
      for (int j = 0; j < points; j++) {
        whole[i][j] = i < j ? gram[j][i] : gram[i][j];
        means[i] += whole[i][j] / points;
      }
    }
    double mean = Arrays.stream(means).sum() / points;
    for (int i = 0; i < points; i++) {
      for (int j = 0; j < points; j++) {
        whole[i][j] += mean - means[i] - means[j];
      }
    }
    return whole;
  }

  private static double[][] scaled(double[][] matrix, double by) {
    double[][] scaled = new double[matrix.length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix.length; j++) {
        scaled[i][j] = (matrix[i][j] + matrix[j][i]) / (2 * by);
      }
    }
    return scaled;
  }

  /** 1 or -1, after which the entry of largest size is positive. */
  private static int direction(double[] vector) {
    double largest = 0;
    for (double entry : vector) {
      if (Math.abs(entry) > Math.abs(largest) * (1 + 1e-9)) {
        largest = entry;
      }
    }
    return largest < 0 ? -1 : 1;
  }
}
