package org.fip.core.symmetry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearAssignmentTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7})
  void noOtherAssignmentGainsMore(int n) {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      int values = seed % 2 == 0 ? 4 : 1000;
      double[][] gain = new double[n][n];
      for (double[] row : gain) {
        // Few values, so that many assignments tie.
        Arrays.setAll(row, i -> random.nextInt(values) - 2);
      }
      int[] assigned = LinearAssignment.maximum(gain);
      assertEquals(n, Arrays.stream(assigned).distinct().count());
      double total = IntStream.range(0, n).mapToDouble(i -> gain[i][assigned[i]]).sum();
      assertEquals(best(gain, 0, new boolean[n]), total, 1e-9, "seed " + seed);
    }
  }

  private static double best(double[][] gain, int row, boolean[] taken) {
    if (row == gain.length) {
      return 0;
    }
    double best = Double.NEGATIVE_INFINITY;
    for (int column = 0; column < gain.length; column++) {
      if (!taken[column]) {
        taken[column] = true;
        best = Math.max(best, gain[row][column] + best(gain, row + 1, taken));
        taken[column] = false;
      }
    }
    return best;
  }
}
