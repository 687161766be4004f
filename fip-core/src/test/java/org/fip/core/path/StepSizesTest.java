package org.fip.core.path;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.fip.core.network.Parameter;
import org.fip.core.network.Parameter.Role;
import org.fip.core.network.WeightLayout;
import org.junit.jupiter.api.Test;

class StepSizesTest {
  private static final WeightLayout LAYOUT =
      new WeightLayout(
          List.of(
              new Parameter("a", List.of(2), Role.WEIGHT),
              new Parameter("b", List.of(1), Role.OFFSET),
              new Parameter("c", List.of(3), Role.WEIGHT)));

  private static double[] factors(StepSizes sizes) {
    double[] factors = new double[LAYOUT.size()];
    int tensor = 0;
    for (int i = 0; i < factors.length; i++) {
      tensor = sizes.tensor(i, tensor);
      factors[i] = sizes.of(tensor);
    }
    return factors;
  }

  @Test
  void relativeSizesAreRootMeanSquaresOfTensorsAndAThousandthAtLeast() {
    float[] weights = {3, 4, 0, 0.1f, -0.1f, 0.1f};
    double[] factors = factors(StepSizes.relative(List.copyOf(LAYOUT.slots()), weights));
    double[] expected = {Math.sqrt(12.5), Math.sqrt(12.5), 1e-3, 0.1, 0.1, 0.1};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], factors[i], 1e-6, "weight " + i);
    }
  }

  @Test
  void equalSizesAreOne() {
    for (double factor : factors(StepSizes.EQUAL)) {
      assertEquals(1, factor);
    }
  }
}
