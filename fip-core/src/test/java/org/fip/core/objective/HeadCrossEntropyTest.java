package org.fip.core.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HeadCrossEntropyTest {
  private static final float OFF = -1e30f;

  private static float[] row(HeadCrossEntropy.Targets targets, int label, int classes) {
    int row = targets.groups()[label];
    return Arrays.copyOfRange(targets.rows(), row * classes, (row + 1) * classes);
  }

  @Test
  void otherHeadsHaveNoPartAndAdjustedOutputsCountLessForTheOthersAlone() {
    int[] heads = {0, 0, 0, 1};
    LogitAdjustment adjustment = new LogitAdjustment(Set.of(0), 2);
    HeadCrossEntropy.Targets targets = HeadCrossEntropy.targets(heads, adjustment);
    assertArrayEquals(new float[] {0, 0, 0, OFF}, row(targets, 0, 4));
    assertArrayEquals(new float[] {-2, 0, 0, OFF}, row(targets, 1, 4));
    assertArrayEquals(new float[] {-2, 0, 0, OFF}, row(targets, 2, 4));
    assertArrayEquals(new float[] {OFF, OFF, OFF, 0}, row(targets, 3, 4));
  }

  @Test
  void manyOutputsAskForFewRows() {
    int classes = 50_000;
    HeadCrossEntropy.Targets targets =
        HeadCrossEntropy.targets(new int[classes], new LogitAdjustment(Set.of(7), 1));
    assertEquals(2 * classes, targets.rows().length);
  }
}
