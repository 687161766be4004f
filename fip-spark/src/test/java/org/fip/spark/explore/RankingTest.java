package org.fip.spark.explore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.fip.spark.recipe.Measure;
import org.fip.spark.recipe.Measure.Better;
import org.junit.jupiter.api.Test;

class RankingTest {
  private static final int CASES = 300;

  private static Ranking ranking(int measures, String by) {
    Map<String, Measure> all = new LinkedHashMap<>();
    for (int i = 0; i < measures; i++) {
      all.put("m" + i, new Measure("f" + i, i % 2 == 0 ? Better.HIGHER : Better.LOWER));
    }
    return new Ranking(all, by);
  }

  /** Few different values, so that ties occur, and some that are missing. */
  private static List<Map<String, Double>> draw(Random random, int measures) {
    List<Map<String, Double>> paths = new ArrayList<>();
    int count = random.nextInt(40);
    for (int path = 0; path < count; path++) {
      Map<String, Double> figures = new HashMap<>();
      for (int i = 0; i < measures; i++) {
        if (random.nextInt(20) > 0) {
          figures.put("f" + i, (double) (random.nextInt(7) - 3));
        }
      }
      paths.add(figures);
    }
    return paths;
  }

  /** The definition, word for word. */
  private static boolean dominates(Map<String, Double> a, Map<String, Double> b, int measures) {
    boolean better = false;
    for (int i = 0; i < measures; i++) {
      double worst = i % 2 == 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      double first = a.getOrDefault("f" + i, worst);
      double second = b.getOrDefault("f" + i, worst);
      boolean wins = i % 2 == 0 ? first > second : first < second;
      boolean loses = i % 2 == 0 ? first < second : first > second;
      if (loses) {
        return false;
      }
      better |= wins;
    }
    return better;
  }

  @Test
  void theParetoSetIsWhatNothingDominates() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      int measures = 1 + random.nextInt(4);
      List<Map<String, Double>> paths = draw(random, measures);
      boolean[] pareto = ranking(measures, "mean").pareto(paths);
      for (int i = 0; i < paths.size(); i++) {
        Map<String, Double> path = paths.get(i);
        boolean dominated = paths.stream().anyMatch(other -> dominates(other, path, measures));
        assertEquals(!dominated, pareto[i], "seed " + seed + ", path " + i + " of " + paths);
      }
    }
  }

  @Test
  void ranksByAMeasureCountTheBetterOnes() {
    List<Map<String, Double>> paths =
        List.of(Map.of("f0", 1.0), Map.of("f0", 3.0), Map.of("f0", 3.0), Map.of());
    assertArrayEquals(new int[] {3, 1, 1, 4}, ranking(1, "m0").ranks(paths));
  }

  @Test
  void theMeanRankIsOverAllMeasures() {
    List<Map<String, Double>> paths =
        List.of(
            Map.of("f0", 9.0, "f1", 9.0),
            Map.of("f0", 5.0, "f1", 1.0),
            Map.of("f0", 4.0, "f1", 2.0));
    // Positions 1 and 3, 2 and 1, 3 and 2: the higher f0 the better, the lower f1.
    assertArrayEquals(new int[] {2, 1, 3}, ranking(2, "mean").ranks(paths));
  }

  @Test
  void aMeanRankNeverContradictsDominance() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      int measures = 1 + random.nextInt(4);
      List<Map<String, Double>> paths = draw(random, measures);
      int[] ranks = ranking(measures, "mean").ranks(paths);
      for (int i = 0; i < paths.size(); i++) {
        for (int j = 0; j < paths.size(); j++) {
          assertTrue(
              ranks[i] < ranks[j] || !dominates(paths.get(i), paths.get(j), measures),
              "seed " + seed + ", paths " + i + " and " + j + " of " + paths);
        }
      }
    }
  }

  @Test
  void aPathIsCompleteWithEveryMeasure() {
    assertTrue(ranking(2, "mean").isComplete(Map.of("f0", 1.0, "f1", 0.0)));
    assertFalse(ranking(2, "mean").isComplete(Map.of("f0", 1.0)));
  }
}
