package org.fip.spark.data;

import static org.fip.spark.data.DataFiles.read;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.ImageShape;
import org.junit.jupiter.api.Test;

class BuiltinDigitsTest {

  private static final DataSelector TRAIN = DataSelector.of("builtin:digits", "train");
  private static final DataSelector TEST = DataSelector.of("builtin:digits", "test");

  @Test
  void theSplitsShareNoRowAndHaveAllTogether() {
    int[] train = read(TRAIN).rows();
    int[] test = read(TEST).rows();
    assertEquals(1442, train.length);
    assertEquals(355, test.length);
    int[] all = IntStream.concat(Arrays.stream(train), Arrays.stream(test)).sorted().toArray();
    assertArrayEquals(IntStream.range(0, 1797).toArray(), all);
  }

  @Test
  void aFifthOfEachClassIsTheTestSplit() {
    int[] train = histogram(read(TRAIN));
    int[] test = histogram(read(TEST));
    assertArrayEquals(
        new int[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, sum(train, test));
    assertArrayEquals(new int[] {35, 36, 35, 36, 36, 36, 36, 35, 34, 36}, test);
  }

  @Test
  void pixelsAreThoseOfTheFileFromZeroToSixteen() {
    EncodedExamples train = read(TRAIN);
    EncodedExamples test = read(TEST);
    EncodedExamples first = train.rows()[0] == 0 ? train : test;
    assertArrayEquals(new byte[] {0, 0, 5, 13, 9, 1, 0, 0}, Arrays.copyOf(first.payload(0), 8));
    assertEquals(0, first.labels()[0]);
    float[] pixels =
        test.decode(DataFiles.preprocessor(false), new ImageShape(1, 8, 8))
            .inputs()
            .get(0)
            .floats();
    assertEquals(355 * 64, pixels.length);
    float largest = 0;
    for (float pixel : pixels) {
      largest = Math.max(largest, pixel);
    }
    assertEquals(16, largest);
  }

  @Test
  void selectorsApply() {
    EncodedExamples examples = read(TRAIN.withLabels(List.of(5, 6)).withLimit(9, 0));
    assertEquals(9, examples.size());
    assertTrue(Arrays.stream(examples.labels()).allMatch(label -> label == 5 || label == 6));
  }

  private static int[] histogram(EncodedExamples examples) {
    int[] counts = new int[10];
    Arrays.stream(examples.labels()).forEach(label -> counts[label]++);
    return counts;
  }

  private static int[] sum(int[] a, int[] b) {
    return IntStream.range(0, a.length).map(i -> a[i] + b[i]).toArray();
  }
}
