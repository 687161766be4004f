package org.fip.core.geometry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.fip.core.geometry.PrincipalPlane.Coordinates;
import org.fip.core.geometry.PrincipalPlane.Position;
import org.junit.jupiter.api.Test;

class PrincipalPlaneTest {
  private static final int DIMENSION = 1000;

  /** Points in a plane of the space that is far from the origin, and a little beside it. */
  private static float[][] points(double[][] plane, double noise) {
    Random random = new Random(7);
    double[][] axes = new double[2][DIMENSION];
    for (int k = 0; k < DIMENSION; k++) {
      axes[0][k] = Math.sin(k) / Math.sqrt(DIMENSION / 2.0);
      axes[1][k] = Math.cos(k) / Math.sqrt(DIMENSION / 2.0);
    }
    float[][] points = new float[plane.length][DIMENSION];
    for (int k = 0; k < DIMENSION; k++) {
      double origin = random.nextGaussian();
      for (int i = 0; i < plane.length; i++) {
        points[i][k] =
            (float)
                (origin
                    + plane[i][0] * axes[0][k]
                    + plane[i][1] * axes[1][k]
                    + noise * random.nextGaussian());
      }
    }
    return points;
  }

  private static PrincipalPlane planeOf(float[][] points, int slice) {
    PrincipalPlane plane = new PrincipalPlane(points.length);
    for (int from = 0; from < DIMENSION; from += slice) {
      int count = Math.min(slice, DIMENSION - from);
      float[][] slices = new float[points.length][slice];
      for (int i = 0; i < points.length; i++) {
        System.arraycopy(points[i], from, slices[i], 0, count);
      }
      plane.add(slices, count);
    }
    return plane;
  }

  /** All eigenvalues but one are rounding. */
  @Test
  void manyPointsOfOneStraightLineAreFound() {
    Random random = new Random(3);
    float[][] line = new float[100][DIMENSION];
    for (int k = 0; k < DIMENSION; k++) {
      float from = (float) random.nextGaussian();
      float to = (float) random.nextGaussian();
      for (int i = 0; i < line.length; i++) {
        float share = i / 99f;
        line[i][k] = (1 - share) * from + share * to;
      }
    }
    Coordinates found = planeOf(line, DIMENSION).coordinates();
    assertEquals(1, found.first(), 1e-9);
    double end = Math.abs(found.positions().get(99).first());
    for (int i = 0; i < line.length; i++) {
      double share = Math.abs(found.positions().get(i).first()) / end;
      assertEquals(Math.abs(i - 49.5) / 49.5, share, 1e-5);
      assertEquals(0, found.positions().get(i).second() / end, 1e-5);
    }
  }

  @Test
  void distancesInAPlaneAreKept() {
    double[][] plane = {{0, 0}, {1, 0.1}, {2, -0.2}, {3, 0.3}, {4, 0}};
    Coordinates found = planeOf(points(plane, 0), 64).coordinates();
    for (int i = 0; i < plane.length; i++) {
      for (int j = 0; j < i; j++) {
        double expected = Math.hypot(plane[i][0] - plane[j][0], plane[i][1] - plane[j][1]);
        Position a = found.positions().get(i);
        Position b = found.positions().get(j);
        assertEquals(expected, Math.hypot(a.first() - b.first(), a.second() - b.second()), 2e-3);
      }
    }
    assertEquals(1, found.first() + found.second(), 1e-6);
    assertTrue(found.first() > 0.9, "share of the first axis " + found.first());
  }

  @Test
  void slicesOfAnySizeGiveTheSamePlane() {
    float[][] points = points(new double[][] {{0, 0}, {3, 1}, {1, 2}, {-2, 0.5}}, 0.01);
    List<Position> whole = planeOf(points, DIMENSION).coordinates().positions();
    for (int slice : new int[] {1, 7, 333}) {
      List<Position> sliced = planeOf(points, slice).coordinates().positions();
      for (int i = 0; i < whole.size(); i++) {
        assertEquals(whole.get(i).first(), sliced.get(i).first(), 1e-9, "slices of " + slice);
        assertEquals(whole.get(i).second(), sliced.get(i).second(), 1e-9, "slices of " + slice);
      }
    }
  }

  @Test
  void pointsAreCentredAndSharesAreWhatTheAxesHave() {
    float[][] points = points(new double[][] {{0, 0}, {3, 1}, {1, 2}, {-2, 0.5}, {0, -4}}, 0.05);
    Coordinates found = planeOf(points, 100).coordinates();
    double total = 0;
    for (int k = 0; k < DIMENSION; k++) {
      double mean = 0;
      for (float[] point : points) {
        mean += (double) point[k] / points.length;
      }
      for (float[] point : points) {
        total += (point[k] - mean) * (point[k] - mean);
      }
    }
    double[] along = new double[2];
    double[] sum = new double[2];
    for (Position point : found.positions()) {
      along[0] += point.first() * point.first();
      along[1] += point.second() * point.second();
      sum[0] += point.first();
      sum[1] += point.second();
    }
    assertArrayEquals(new double[2], sum, 1e-9);
    assertEquals(along[0] / total, found.first(), 1e-9);
    assertEquals(along[1] / total, found.second(), 1e-9);
    assertTrue(found.first() >= found.second());
  }

  @Test
  void equalPointsLieTogether() {
    float[][] points = new float[3][DIMENSION];
    Coordinates found = planeOf(points, 10).coordinates();
    assertEquals(0, found.first());
    assertEquals(new Position(0, 0), found.positions().get(2));
    assertEquals(
        List.of(new Position(0, 0)),
        planeOf(new float[1][DIMENSION], 10).coordinates().positions());
  }
}
