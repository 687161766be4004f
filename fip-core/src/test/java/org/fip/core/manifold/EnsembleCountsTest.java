package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class EnsembleCountsTest {

  @Test
  void figuresOfThreeNetworksOnTwoExamples() {
    EnsembleCounts counts = new EnsembleCounts(3);
    // The first example is of class 0, the second of class 1.
    counts.add(
        List.of(
            new float[] {0.9f, 0.1f, 0.65f, 0.35f},
            new float[] {0.4f, 0.6f, 0.2f, 0.8f},
            new float[] {0.8f, 0.2f, 0.7f, 0.3f}),
        new long[] {0, 1},
        0);
    EnsembleEvaluation found = EnsembleCounts.evaluation(3, counts.sums());
    assertArrayEquals(new double[] {0.5, 0.5, 0.5}, found.members(), 1e-6);
    // Means are (0.7, 0.3) and (0.517, 0.483).
    assertEquals(0.5, found.accuracy(), 1e-6);
    assertEquals(-(Math.log(0.7) + Math.log(1.45 / 3)) / 2, found.loss(), 1e-6);
    // Without the first network (1.2, 0.8) and (0.9, 1.1): both right.
    assertEquals(1, found.accuracyOfOthers(), 1e-6);
    assertEquals((2 / 3.0 + 2 / 3.0) / 2, found.disagreement(), 1e-6);
    assertEquals((Math.abs(1 - 0.7) + Math.abs(0 - 1.55 / 3)) / 2, found.calibrationError(), 1e-6);
    assertEquals(2, found.examples());
  }

  @Test
  void sumsOfPartsAreThoseOfTheWhole() {
    List<float[]> both =
        List.of(new float[] {0.9f, 0.1f, 0.6f, 0.4f}, new float[] {0.4f, 0.6f, 0.2f, 0.8f});
    EnsembleCounts whole = new EnsembleCounts(2);
    whole.add(both, new long[] {0, 1}, EnsembleTask.ALL);
    EnsembleCounts first = new EnsembleCounts(2);
    EnsembleCounts second = new EnsembleCounts(2);
    first.add(
        List.of(new float[] {0.9f, 0.1f}, new float[] {0.4f, 0.6f}),
        new long[] {0},
        EnsembleTask.ALL);
    second.add(
        List.of(new float[] {0.6f, 0.4f}, new float[] {0.2f, 0.8f}),
        new long[] {1},
        EnsembleTask.ALL);
    Partial sum =
        Partial.add(
            List.of(
                new Partial(new float[0], first.sums()), new Partial(new float[0], second.sums())));
    assertArrayEquals(whole.sums(), sum.sums(), 1e-12);
  }
}
