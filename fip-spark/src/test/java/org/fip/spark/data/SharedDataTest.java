package org.fip.spark.data;

import static org.fip.spark.data.DataFiles.read;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Examples;
import org.fip.core.data.ImageShape;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real data sets, where the shared folder is at hand. */
class SharedDataTest {

  private static Path data;

  @BeforeAll
  static void findData() {
    data = Path.of(System.getProperty("fip.shared", "shared"), "data").normalize();
    boolean present = Files.isDirectory(data);
    System.out.println(present ? "Reading the data in " + data : "Skipped: no data in " + data);
    assumeTrue(present, "no data in " + data);
  }

  @Test
  void mnistHasItsRowsAndFirstLabels() {
    EncodedExamples train = read(data.resolve("mnist"), "train");
    assertEquals(60_000, train.size());
    assertArrayEquals(new int[] {5, 0, 4, 1, 9, 2, 1, 3, 1, 4}, Arrays.copyOf(train.labels(), 10));
    EncodedExamples test = read(data.resolve("mnist"), "test");
    assertEquals(10_000, test.size());
    assertArrayEquals(new int[] {7, 2, 1, 0, 4, 1, 4, 9, 5, 9}, Arrays.copyOf(test.labels(), 10));
    // The published mean of the pixels of the training set.
    assertEquals(0.1307, mean(train, new ImageShape(1, 28, 28)), 5e-5);
  }

  @Test
  void fashionMnistHasItsRowsAndFirstLabels() {
    EncodedExamples train = read(data.resolve("fashion_mnist"), "train");
    assertEquals(60_000, train.size());
    assertArrayEquals(new int[] {9, 0, 0, 3, 0, 2, 7, 2, 5, 5}, Arrays.copyOf(train.labels(), 10));
    assertEquals(0.2860, mean(train, new ImageShape(1, 28, 28)), 5e-5);
    EncodedExamples test = read(data.resolve("fashion_mnist"), "test");
    assertArrayEquals(new int[] {9, 2, 1, 1, 6, 1, 4, 6, 5, 7}, Arrays.copyOf(test.labels(), 10));
  }

  @Test
  void cifarImagesAreReadAndDecodedFromParquet() {
    EncodedExamples test = read(data.resolve("cifar10"), "test");
    assertEquals(10_000, test.size());
    int[] counts = new int[10];
    Arrays.stream(test.labels()).forEach(label -> counts[label]++);
    assertArrayEquals(
        new int[] {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}, counts);
    assertEquals(5_000, read(data.resolve("cifar10"), "train").size());
    // The mean over the published means of the channels of the training set.
    assertEquals(0.4734, mean(test, new ImageShape(3, 32, 32)), 0.005);
    EncodedExamples hundred = read(data.resolve("cifar100/train.parquet"), "train");
    assertEquals(10_000, hundred.size());
    assertEquals(99, Arrays.stream(hundred.labels()).max().orElse(-1));
    assertEquals(5_000, read(data.resolve("cifar100"), "test").size());
  }

  @Test
  void aSampleOfCifarIsBalanced() {
    DataSelector selector = DataSelector.of(data.resolve("cifar100").toString(), "train");
    EncodedExamples sample = read(selector.withLimit(250, 1));
    int[] counts = new int[100];
    Arrays.stream(sample.labels()).forEach(label -> counts[label]++);
    assertEquals(250, sample.size());
    assertTrue(Arrays.stream(counts).allMatch(count -> count == 2 || count == 3));
  }

  @Test
  void textsAreReadFromParquet() {
    EncodedExamples train = read(data.resolve("text/ag_news"), "train");
    assertEquals(4_000, train.size());
    assertEquals(EncodedExamples.Kind.TEXT, train.kind());
    assertTrue(DataFiles.text(train, 0).length() > 20, DataFiles.text(train, 0));
    EncodedExamples test = read(data.resolve("text/ag_news"), "test");
    assertEquals(7_600, test.size());
    test.checkLabels(4, "evaluate.news");
  }

  private static double mean(EncodedExamples encoded, ImageShape shape) {
    double sum = 0;
    for (EncodedExamples shard : encoded.shards(10)) {
      Examples examples = shard.decode(DataFiles.preprocessor(true), shape);
      for (float pixel : examples.inputs().get(0).floats()) {
        sum += pixel;
      }
    }
    return sum / ((double) encoded.size() * shape.pixels());
  }
}
