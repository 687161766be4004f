package org.fip.spark.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.fip.spark.recipe.Halving;
import org.fip.spark.recipe.Measure;
import org.fip.spark.recipe.Measure.Better;
import org.junit.jupiter.api.Test;

class RungsTest {
  private static final Ranking RANKING =
      new Ranking(
          Map.of("a", new Measure("a", Better.HIGHER), "b", new Measure("b", Better.HIGHER)), "a");

  @Test
  void rungsAreWaypointsThatGrowByTheRatio() {
    assertEquals(List.of(300L, 600L, 1500L), Rungs.steps(new Halving(3, 0.5), 1500, 100));
    assertEquals(List.of(100L, 300L, 900L), Rungs.steps(new Halving(3, 1 / 3.0), 900, 50));
    assertEquals(List.of(70L), Rungs.steps(new Halving(1, 0.5), 70, 100));
  }

  @Test
  void everyRungButTheEndIsAWaypointThatIsEvaluated() {
    for (int rungs = 2; rungs < 8; rungs++) {
      for (double keep = 0.1; keep <= 0.9; keep += 0.1) {
        for (long end = 1; end < 3000; end += 37) {
          List<Long> steps = Rungs.steps(new Halving(rungs, keep), end, 30);
          assertEquals(rungs, steps.size());
          assertEquals(end, steps.get(rungs - 1));
          long evaluateEvery = Rungs.evaluateEvery(steps, 45);
          for (long step : steps) {
            assertTrue(
                step == end || (step < end && step % 30 == 0 && step % evaluateEvery == 0),
                steps + " of " + end);
          }
        }
      }
    }
  }

  @Test
  void theBestAndWhatNothingDominatesGoOn() {
    Map<String, Map<String, Double>> figures =
        new TreeMap<>(
            Map.of(
                "best", Map.of("a", 9.0, "b", 5.0),
                "good", Map.of("a", 8.0, "b", 4.0),
                "poor", Map.of("a", 2.0, "b", 1.0),
                "other", Map.of("a", 1.0, "b", 9.0)));
    assertEquals(Set.of("best", "good", "other"), Rungs.survivors(figures, RANKING, 0.5));
    figures.put("unmeasured", Map.of("a", 0.0));
    assertEquals(
        Set.of("best", "good", "other", "unmeasured"), Rungs.survivors(figures, RANKING, 0.5));
    assertEquals(Set.of("best", "other", "unmeasured"), Rungs.survivors(figures, RANKING, 0.1));
  }
}
