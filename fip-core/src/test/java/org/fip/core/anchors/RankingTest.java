package org.fip.core.anchors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RankingTest {
  private static final int CLASSES = 3;

  /** Features of a low rank, some examples many times as long as others. */
  private static float[][] features(int n, int rank, int length, long seed) {
    Random random = new Random(seed);
    double[][] basis = new double[rank][length];
    for (double[] row : basis) {
      Arrays.setAll(row, k -> random.nextGaussian());
    }
    float[][] features = new float[n][length];
    for (float[] row : features) {
      for (double[] direction : basis) {
        double share = random.nextGaussian();
        for (int k = 0; k < length; k++) {
          row[k] += (float) (share * direction[k]);
        }
      }
    }
    return features;
  }

  private static int[] labels(int n) {
    return IntStream.range(0, n).map(i -> i % CLASSES).toArray();
  }

  @ParameterizedTest
  @EnumSource(
      value = Choice.class,
      names = {"HERDING", "LEVERAGE"})
  void everyClassIsInAnOrderOfItsOwn(Choice choice) {
    int[] labels = labels(61);
    int[] ranks = Ranking.of(choice, features(61, 8, 20, 1), labels);
    for (int c = 0; c < CLASSES; c++) {
      int label = c;
      int[] own =
          IntStream.range(0, 61)
              .filter(i -> labels[i] == label)
              .map(i -> ranks[i])
              .sorted()
              .toArray();
      assertArrayEquals(IntStream.range(0, own.length).toArray(), own, "class " + c);
    }
  }

  @Test
  void theFirstHerdedAreNearerToTheMeanThanRandomOnes() {
    float[][] features = features(90, 12, 30, 2);
    int[] one = new int[90];
    double herded = distanceFromMean(features, Ranking.of(Choice.HERDING, features, one), 6);
    double random = 0;
    for (int seed = 0; seed < 20; seed++) {
      random += distanceFromMean(features, Ranking.random(one, seed), 6) / 20;
    }
    assertTrue(herded < random / 2, herded + " herded, " + random + " at random");
  }

  private static double distanceFromMean(float[][] features, int[] ranks, int count) {
    int d = features[0].length;
    double[] difference = new double[d];
    for (int i = 0; i < features.length; i++) {
      double length = 0;
      for (float value : features[i]) {
        length += value * value;
      }
      double share = 1.0 / features.length - (ranks[i] < count ? 1.0 / count : 0);
      for (int k = 0; k < d; k++) {
        difference[k] += share * features[i][k] / Math.sqrt(length);
      }
    }
    return Math.sqrt(Arrays.stream(difference).map(x -> x * x).sum());
  }

  @Test
  void asManyAsTheMetricHasDimensionsSpanIt() {
    float[][] features = features(60, 9, 40, 3);
    int[] labels = labels(60);
    int[] ranks = Ranking.of(Choice.LEVERAGE, features, labels);
    int[] chosen = IntStream.range(0, 60).filter(i -> ranks[i] < 3).toArray();
    assertEquals(9, chosen.length);
    assertTrue(outside(features, chosen) < 1e-6, "left outside: " + outside(features, chosen));
  }

  @Test
  void whatIsTwiceThereIsTakenOnce() {
    float[][] features = {{1, 0}, {1, 0}, {0, 0.1f}, {1, 0}};
    int[] ranks = Ranking.of(Choice.LEVERAGE, features, new int[4]);
    assertEquals(0, ranks[0]);
    assertEquals(1, ranks[2]);
  }

  /** The share of squares outside the span of the chosen rows. */
  private static double outside(float[][] features, int[] chosen) {
    double[][] left =
        Arrays.stream(features)
            .map(row -> IntStream.range(0, row.length).mapToDouble(k -> row[k]).toArray())
            .toArray(double[][]::new);
    double total = squares(left);
    for (int pick : chosen) {
      double[] q = left[pick].clone();
      double length = squares(new double[][] {q});
      for (double[] row : left) {
        double product = IntStream.range(0, q.length).mapToDouble(k -> row[k] * q[k]).sum();
        Arrays.setAll(row, k -> row[k] - product / length * q[k]);
      }
    }
    return squares(left) / total;
  }

  private static double squares(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).map(x -> x * x).sum();
  }
}
