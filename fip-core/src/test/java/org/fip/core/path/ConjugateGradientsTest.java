package org.fip.core.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.fip.core.solver.ConjugateGradients;
import org.junit.jupiter.api.Test;

class ConjugateGradientsTest {
  private static final int N = 12;
  private final Random random = new Random(5);
  private final float[][] matrix = positiveDefinite();

  private float[][] positiveDefinite() {
    double[][] factor = new double[N][N];
    for (double[] row : factor) {
      for (int i = 0; i < N; i++) {
        row[i] = random.nextGaussian();
      }
    }
    float[][] product = new float[N][N];
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        double sum = i == j ? 1 : 0;
        for (int k = 0; k < N; k++) {
          sum += factor[i][k] * factor[j][k];
        }
        product[i][j] = (float) sum;
      }
    }
    return product;
  }

  private float[] times(float[] x) {
    float[] y = new float[N];
    for (int i = 0; i < N; i++) {
      y[i] = (float) Vector.dot(matrix[i], x);
    }
    return y;
  }

  private float[] gaussian() {
    float[] values = new float[N];
    for (int i = 0; i < N; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private float[] diagonal() {
    float[] values = new float[N];
    for (int i = 0; i < N; i++) {
      values[i] = matrix[i][i];
    }
    return values;
  }

  @Test
  void solvesASystemInAtMostAsManyIterationsAsUnknownsAndAFew() {
    float[] expected = gaussian();
    ConjugateGradients.Solution<float[]> solution =
        ConjugateGradients.solve(
            HostVectors.INSTANCE, this::times, diagonal(), times(expected), 3 * N, 1e-6);
    for (int i = 0; i < N; i++) {
      assertEquals(expected[i], solution.x()[i], 2e-3, "unknown " + i);
    }
  }

  @Test
  void residualIsThatOfTheIterateItStoppedAt() {
    float[] b = gaussian();
    ConjugateGradients.Solution<float[]> solution =
        ConjugateGradients.solve(HostVectors.INSTANCE, this::times, diagonal(), b, 3, 0);
    assertEquals(3, solution.iterations());
    float[] ax = times(solution.x());
    for (int i = 0; i < N; i++) {
      assertEquals(b[i] - ax[i], solution.residual()[i], 1e-4 * Vector.norm(b), "residual " + i);
    }
  }

  @Test
  void everyIterationComesNearerInTheNormOfTheMatrix() {
    float[] expected = gaussian();
    float[] b = times(expected);
    double before = Double.POSITIVE_INFINITY;
    for (int iterations = 1; iterations <= N; iterations++) {
      float[] error =
          ConjugateGradients.solve(HostVectors.INSTANCE, this::times, diagonal(), b, iterations, 0)
              .x()
              .clone();
      Vector.add(error, -1, expected);
      double now = Vector.dot(error, times(error));
      assertTrue(now <= before * (1 + 1e-5) + 1e-8, iterations + ": " + now + " after " + before);
      before = now;
    }
  }

  @Test
  void nothingIsAskedForAZeroRightSide() {
    ConjugateGradients.Solution<float[]> solution =
        ConjugateGradients.solve(HostVectors.INSTANCE, this::times, diagonal(), new float[N], 5, 0);
    assertEquals(0, solution.iterations());
    assertEquals(0, Vector.norm(solution.x()));
  }
}
