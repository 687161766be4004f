package org.fip.core.sparsity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.fip.core.network.Parameter;
import org.fip.core.network.Parameter.Role;
import org.fip.core.network.WeightLayout;
import org.fip.core.network.WeightLayout.Slot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemovalTest {
  private static final WeightLayout LAYOUT =
      new WeightLayout(
          List.of(
              new Parameter("first.weight", List.of(6, 3, 3, 3), Role.WEIGHT),
              new Parameter("conv.bias", List.of(6), Role.OFFSET),
              new Parameter("conv.weight", List.of(6, 8, 3, 2), Role.WEIGHT),
              new Parameter("linear.weight", List.of(10, 24), Role.WEIGHT)));

  private static float[] random(long seed) {
    Random random = new Random(seed);
    float[] scores = new float[LAYOUT.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = random.nextFloat();
    }
    return scores;
  }

  private static Removal removal(String pattern, Budget budget) {
    return new Removal(Pattern.parse(pattern).orElseThrow().units(null, LAYOUT.slots()), budget);
  }

  private static Slot slot(String name) {
    return LAYOUT.find(name).orElseThrow();
  }

  private static int removed(float[] marks, Slot slot) {
    int count = 0;
    for (int i = slot.offset(); i < slot.end(); i++) {
      count += marks[i] == 0 ? 0 : 1;
    }
    return count;
  }

  private static int removed(float[] marks) {
    return LAYOUT.slots().stream().mapToInt(slot -> removed(marks, slot)).sum();
  }

  @ParameterizedTest
  @CsvSource({"2:4, 2, 4", "4:8, 4, 8", "1:4, 1, 4"})
  void neighboursAlongTheInputsKeepSoManyAfterEveryStage(String pattern, int n, int m) {
    for (Budget budget : Budget.values()) {
      Removal removal = removal(pattern, budget);
      int most = removal.most(LAYOUT.size());
      int divisible =
          slot("conv.weight").parameter().size() + slot("linear.weight").parameter().size();
      assertEquals(divisible * (m - n) / m, most);
      float[] marks = new float[LAYOUT.size()];
      for (int stage = 1; stage <= 5; stage++) {
        int goal = most * stage / 5;
        assertEquals(goal, removal.remove(random(stage), marks, goal));
        assertEquals(goal, removed(marks));
        checkGroups(marks, m - n, m, stage == 5);
      }
      assertEquals(0, removed(marks, slot("first.weight")), "three channels are no multiple");
      assertEquals(0, removed(marks, slot("conv.bias")));
    }
  }

  private static void checkGroups(float[] marks, int removable, int m, boolean full) {
    int conv = slot("conv.weight").offset();
    for (int output = 0; output < 6; output++) {
      for (int place = 0; place < 6; place++) {
        for (int group = 0; group < 8 / m; group++) {
          int gone = 0;
          for (int i = 0; i < m; i++) {
            int input = group * m + i;
            gone += marks[conv + (output * 8 + input) * 6 + place] == 0 ? 0 : 1;
          }
          assertTrue(full ? gone == removable : gone <= removable, gone + " of " + m);
        }
      }
    }
    int linear = slot("linear.weight").offset();
    for (int group = 0; group < 240 / m; group++) {
      int gone = 0;
      for (int i = 0; i < m; i++) {
        gone += marks[linear + group * m + i] == 0 ? 0 : 1;
      }
      assertTrue(full ? gone == removable : gone <= removable, gone + " of " + m);
    }
  }

  @ParameterizedTest
  @CsvSource({"block:4x1, 4, 1", "block:16x16, 16, 16", "block:3x5, 3, 5", "block, 4, 1"})
  void blocksOfTheMatrixGoAsAWhole(String pattern, int rows, int columns) {
    Removal removal = removal(pattern, Budget.GLOBAL);
    float[] marks = new float[LAYOUT.size()];
    for (int stage = 1; stage <= 6; stage++) {
      int goal = 90 * stage;
      int gone = removal.remove(random(stage), marks, goal);
      assertEquals(gone, removed(marks));
      assertTrue(gone >= goal && gone < goal + rows * columns, gone + " of " + goal);
      for (Slot slot : LAYOUT.slots()) {
        int height = slot.parameter().shape().get(0);
        int width = slot.parameter().size() / height;
        for (int i = 0; i < height * width; i++) {
          int corner = i / width / rows * rows * width + i % width / columns * columns;
          assertEquals(marks[slot.offset() + corner], marks[slot.offset() + i], pattern);
        }
      }
      assertEquals(0, removed(marks, slot("conv.bias")));
    }
  }

  @Test
  void weightsThatCountLeastGoFirstAndTiesInOrder() {
    float[] scores = new float[LAYOUT.size()];
    java.util.Arrays.fill(scores, 1);
    Slot linear = slot("linear.weight");
    scores[linear.end() - 1] = 0;
    float[] marks = new float[LAYOUT.size()];
    assertEquals(3, removal("unstructured", Budget.GLOBAL).remove(scores, marks, 3));
    assertEquals(1, marks[linear.end() - 1]);
    assertEquals(2, marks[0] + marks[1]);
  }

  @Test
  void everyLayerLosesTheSameShareOfABudgetOfItsOwn() {
    float[] scores = random(9);
    for (int i = slot("linear.weight").offset(); i < LAYOUT.size(); i++) {
      scores[i] += 2;
    }
    float[] marks = new float[LAYOUT.size()];
    Removal layers = removal("unstructured", Budget.LAYER);
    for (int goal : new int[] {100, 333, 500}) {
      assertEquals(goal, layers.remove(scores, marks, goal));
      for (String name : List.of("first.weight", "conv.weight", "linear.weight")) {
        double share = (double) goal / (LAYOUT.size() - 6);
        assertEquals(share * slot(name).parameter().size(), removed(marks, slot(name)), 1.01, name);
      }
    }
    float[] global = new float[LAYOUT.size()];
    removal("unstructured", Budget.GLOBAL).remove(scores, global, 400);
    assertEquals(0, removed(global, slot("linear.weight")));
  }

  @Test
  void namesThatAreNoPatternAreNone() {
    for (String name : List.of("4:2", "2:2", "0:4", "block:0x4", "blocks", "n:m", "Channel")) {
      assertTrue(Pattern.parse(name).isEmpty(), name);
    }
  }
}
