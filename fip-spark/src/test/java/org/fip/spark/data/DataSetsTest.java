package org.fip.spark.data;

import static org.fip.core.FipException.Category.CONFIGURATION;
import static org.fip.core.FipException.Category.DATA;
import static org.fip.core.FipException.Category.NOT_FOUND;
import static org.fip.spark.data.DataFiles.assertFails;
import static org.fip.spark.data.DataFiles.read;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.fip.core.data.EncodedExamples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Selections, on idx pairs. */
class DataSetsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz"})
  void bothSplitsAreReadPackedOrNot(String suffix) throws IOException {
    DataFiles.idxPair(folder, "train", suffix, 4, 200, 6);
    DataFiles.idxPair(folder, "t10k", suffix, 9);
    EncodedExamples train = read(folder, "train");
    assertArrayEquals(new int[] {4, 200, 6}, train.labels());
    assertArrayEquals(new byte[] {1, (byte) 200}, train.payload(1));
    assertArrayEquals(new int[] {9}, read(folder, "test").labels());
  }

  @Test
  void aSelectionKeepsThenDrawsThenShifts() throws IOException {
    int seed = 42;
    SplittableRandom random = new SplittableRandom(seed);
    int[] labels = random.ints(500, 0, 10).toArray();
    DataFiles.idxPair(folder, "train", ".gz", labels);
    DataSelector selector =
        DataSelector.of(folder.toString(), "train")
            .withLabels(List.of(3, 5, 8))
            .withLimit(31, 7)
            .withLabelOffset(10);
    EncodedExamples examples = read(selector);
    assertEquals(31, examples.size(), "seed " + seed);
    for (int i = 0; i < examples.size(); i++) {
      int row = examples.rows()[i];
      assertEquals(labels[row] + 10, examples.labels()[i], "seed " + seed);
      assertEquals(labels[row], examples.payload(i)[1], "seed " + seed);
      assertEquals((byte) row, examples.payload(i)[0], "seed " + seed);
    }
    for (int label : new int[] {13, 15, 18}) {
      long count = Arrays.stream(examples.labels()).filter(each -> each == label).count();
      assertTrue(count == 10 || count == 11, count + " of class " + label);
    }
  }

  @Test
  void theSampleIsTheRecordedOne() throws IOException {
    int[] labels = new int[200];
    Arrays.setAll(labels, row -> row % 10);
    DataFiles.idxPair(folder, "train", ".gz", labels);
    DataSelector selector = DataSelector.of(folder.toString(), "train").withLimit(12, 0);
    // Computed apart from this program: stored samples must not change.
    int[] recorded = {11, 46, 49, 75, 95, 112, 156, 167, 174, 178, 190, 193};
    assertArrayEquals(recorded, read(selector).rows());
  }

  @Test
  void anEmptySelectionIsRefusedByItsSelector() throws IOException {
    DataFiles.idxPair(folder, "train", "", 1, 2);
    DataSelector selector = DataSelector.of(folder.toString(), "train").withLabels(List.of(3, 4));
    DataFiles.assertData(
        "{path: %s, split: train, labels: [3, 4]} keeps none of 2 rows with classes 1 to 2; choose other labels or other data"
            .formatted(folder),
        () -> read(selector));
    DataFiles.idxPair(folder, "t10k", "");
    assertFails(DATA, "keeps none of 0 rows with classes none", () -> read(folder, "test"));
  }

  @Test
  void anOffsetBelowZeroIsRefusedByRow() throws IOException {
    DataFiles.idxPair(folder, "train", "", 5, 4);
    DataSelector selector = DataSelector.of(folder.toString(), "train").withLabelOffset(-5);
    DataFiles.assertData(
        folder + ": labelOffset -5 makes label 4 of row 1 to -1; labels start at 0",
        () -> read(selector));
    assertArrayEquals(new int[] {0}, read(selector.withLabels(List.of(5))).labels());
  }

  @Test
  void filesOfAPairMustBelongTogether() throws IOException {
    DataFiles.idxPair(folder, "train", "", 1, 2);
    DataFiles.idx(folder.resolve("train-labels-idx1-ubyte"), new int[] {3}, new byte[3]);
    assertFails(
        DATA,
        "train-labels-idx1-ubyte has 3 labels; give the two files of one set",
        () -> read(folder, "train"));
  }

  @Test
  void aDamagedIdxFileIsNamed() throws IOException {
    DataFiles.idxPair(folder, "train", ".gz", 1, 2);
    Path labels = folder.resolve("train-labels-idx1-ubyte.gz");
    byte[] file = Files.readAllBytes(labels);
    for (int length : new int[] {0, 5, 15, file.length - 1}) {
      Files.write(labels, Arrays.copyOf(file, length));
      assertFails(DATA, "train-labels-idx1-ubyte.gz", () -> read(folder, "train"));
    }
    Files.writeString(labels, "not packed at all");
    assertFails(
        DATA,
        "train-labels-idx1-ubyte.gz is no sound gzip file (Not in GZIP format)",
        () -> read(folder, "train"));
  }

  @Test
  void aMissingPathIsNotFound() {
    Path missing = folder.resolve("nothing");
    assertFails(
        NOT_FOUND,
        missing + " does not exist; correct the path of the data",
        () -> read(missing, "train"));
    assertFails(
        NOT_FOUND,
        "builtin:letters does not exist; the built-in data set is builtin:digits",
        () -> read(DataSelector.of("builtin:letters", "train")));
  }

  @Test
  void anUnknownFolderIsRefusedWithWhatWasLookedFor() throws IOException {
    Files.createDirectory(folder.resolve("images"));
    Files.writeString(folder.resolve("train.csv"), "");
    assertFails(
        DATA,
        " has no test data: looked for t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each with"
            + " or without .gz, test.parquet and test-*.parquet, also in data/, and test/*.parquet;"
            + " it has: images/, train.csv",
        () -> read(folder, "test"));
    for (int i = 0; i < 10; i++) {
      Files.writeString(folder.resolve("a" + i), "");
    }
    assertFails(DATA, "it has: a0, a1, a2, a3, a4, a5, a6, a7, … (12)", () -> read(folder, "test"));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertFails(DATA, "it has: nothing", () -> read(empty, "train"));
  }

  @Test
  void aPathThatIsNoneIsRefused() {
    assertFails(DATA, "'a:b c' is no path", () -> read(DataSelector.of("a:b c", "train")));
    assertFails(
        CONFIGURATION,
        "No FileSystem for scheme \"nowhere\"",
        () -> read(DataSelector.of("nowhere://host/data", "train")));
  }
}
