package org.fip.core.anchors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.ImageShape;
import org.fip.core.data.Rows;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnchorsTest {
  private static final ImageShape SHAPE = new ImageShape(1, 1, 3);

  @TempDir private Path folder;

  /** Anchors of as many classes, the label in the first pixel. */
  private static Anchors arrival(int firstClass, int classes, int perClass, long seed) {
    int n = classes * perClass;
    byte[][] pixels = new byte[n][3];
    int[] labels = new int[n];
    Random random = new Random(seed);
    for (int i = 0; i < n; i++) {
      random.nextBytes(pixels[i]);
      labels[i] = firstClass + i % classes;
      pixels[i][0] = (byte) labels[i];
    }
    int[] rows = IntStream.range(0, n).toArray();
    EncodedExamples examples = EncodedExamples.pixels(SHAPE, pixels, labels, rows, "arrival");
    return new Anchors(examples.withoutLabels(), Ranking.random(labels, seed));
  }

  private static byte[][] payloads(Anchors anchors) {
    return IntStream.range(0, anchors.size())
        .mapToObj(i -> anchors.examples().payload(i))
        .toArray(byte[][]::new);
  }

  @Test
  void shrinkingIsNestedAndKeepsTheClassesBalanced() {
    Anchors all = arrival(0, 3, 20, 1);
    Anchors stepwise = all;
    for (int task = 1; task < 6; task++) {
      Anchors later = arrival(3 * task, 3, 20, 1 + task);
      all = all.and(later);
      stepwise = stepwise.and(later).limited(40);
      assertArrayEquals(payloads(all.limited(40)), payloads(stepwise), "after task " + task);
      int[] counts = new int[3 * (task + 1)];
      for (byte[] payload : payloads(stepwise)) {
        counts[payload[0]]++;
      }
      int least = Arrays.stream(counts).min().getAsInt();
      int most = Arrays.stream(counts).max().getAsInt();
      assertTrue(most - least <= 1, "anchors of each class: " + Arrays.toString(counts));
    }
    assertEquals(40, stepwise.size());
  }

  @Test
  void classesThatComeLateAreKeptWhereThereAreMoreThanPlaces() {
    Anchors memory = arrival(0, 10, 4, 1);
    for (int task = 1; task < 6; task++) {
      memory = memory.and(arrival(10 * task, 10, 4, 1 + task)).limited(30);
    }
    int late = 0;
    for (byte[] payload : payloads(memory)) {
      late += payload[0] >= 30 ? 1 : 0;
    }
    assertEquals(30, memory.size());
    assertTrue(late >= 8 && late <= 22, late + " of 30 are of the later half");
  }

  @Test
  void whatIsThereAlreadyIsNotMissing() {
    Anchors memory = arrival(0, 3, 5, 1);
    EncodedExamples known = memory.examples();
    EncodedExamples others = arrival(3, 2, 5, 2).examples();
    assertEquals(0, memory.missing(known.slice(4, 9)).size());
    EncodedExamples missing = memory.missing(EncodedExamples.concat(List.of(known, others)));
    assertArrayEquals(others.rows(), missing.rows());
    assertEquals(others.size(), missing.size());
  }

  @Test
  void dealtRowsAreThoseOfABalancedSample() {
    int[] labels = new Random(3).ints(200, 0, 7).toArray();
    int[] rows = IntStream.range(0, labels.length).toArray();
    for (int limit : new int[] {1, 5, 7, 50, 199, 300}) {
      assertArrayEquals(
          Rows.balanced(labels, rows, limit, 9),
          Rows.dealt(labels, Rows.ranks(labels, 9), limit, 9),
          limit + " rows");
    }
  }

  @Test
  void aMemoryComesBackFromItsFileWithoutLabels() throws IOException {
    Anchors anchors = arrival(0, 4, 3, 5);
    LocalFolder place = new LocalFolder(folder);
    AnchorFile.write(anchors, place);
    Anchors read = AnchorFile.read(place);
    assertArrayEquals(payloads(anchors), payloads(read));
    assertArrayEquals(anchors.ranks(), read.ranks());
    assertEquals(SHAPE, read.examples().shape());
    assertEquals(0, read.examples().labels().length);
    assertFalse(
        new String(Files.readAllBytes(folder.resolve(AnchorFile.NAME)), StandardCharsets.ISO_8859_1)
            .contains("labels"));
  }

  @Test
  void textsAndLabelsComeBackToo() throws IOException {
    byte[][] texts = {bytes("zürich"), bytes(""), bytes("three words here")};
    EncodedExamples examples =
        EncodedExamples.texts(texts, new int[] {2, 0, 1}, new int[] {4, 5, 6}, "texts");
    LocalFolder place = new LocalFolder(folder);
    AnchorFile.write(new Anchors(examples, new int[] {0, 1, 0}), place);
    Anchors read = AnchorFile.read(place);
    assertArrayEquals(texts, payloads(read));
    assertArrayEquals(new int[] {2, 0, 1}, read.examples().labels());
  }

  @Test
  void aForeignFileIsNoMemory() throws IOException {
    Files.write(folder.resolve(AnchorFile.NAME), bytes("not a memory of anchors"));
    assertThrows(FipException.class, () -> AnchorFile.read(new LocalFolder(folder)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
