package org.fip.core.data;

import static org.fip.core.data.ExamplesTest.assertData;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.fip.core.FipException;
import org.junit.jupiter.api.Test;

class IdxReaderTest {

  private static final int LABELS = 0x801;
  private static final int IMAGES = 0x803;

  @Test
  void labelsAreUnsignedBytes() throws IOException {
    byte[] file = idx(LABELS, new int[] {3}, 0, 9, 200);
    assertArrayEquals(new int[] {0, 9, 200}, labels(file));
  }

  @Test
  void onlyTheRecordsAskedForAreKept() throws IOException {
    byte[] file = idx(IMAGES, new int[] {3, 1, 2}, 1, 2, 3, 4, 5, 6);
    IdxReader reader = IdxReader.open(new ByteArrayInputStream(file), 3, "f");
    assertArrayEquals(new int[] {3, 1, 2}, reader.dimensions());
    byte[][] records = reader.readRecords(new int[] {0, 2});
    assertArrayEquals(new byte[][] {{1, 2}, {5, 6}}, records);
  }

  @Test
  void aFileOfAnotherKindIsRefusedWithBothNumbers() {
    assertData(
        "f starts with the number 2051, an idx file of unsigned bytes with 1 dimension(s) with"
            + " 2049; give a file of that kind",
        () -> labels(idx(IMAGES, new int[] {0, 1, 1})));
    assertData(
        "f starts with the number 3329, an idx file of unsigned bytes with 1 dimension(s) with"
            + " 2049; give a file of that kind",
        () -> labels(idx(0xD01, new int[] {0})));
    assertData(
        "f starts with the number 4294967295, an idx file of unsigned bytes with 1 dimension(s)"
            + " with 2049; give a file of that kind",
        () -> labels(idx(-1, new int[] {0})));
  }

  @Test
  void dimensionsThatCannotBeAreRefused() {
    assertData(
        "f names the dimensions [-1] in its idx header; fetch the file again",
        () -> labels(idx(LABELS, new int[] {-1})));
    assertData(
        "f names the dimensions [2, 0, 3] in its idx header; fetch the file again",
        () -> images(idx(IMAGES, new int[] {2, 0, 3})));
    assertData(
        "f names records of 4294836225 bytes in its idx header, [1, 65535, 65535]; at most"
            + " 268435456 are read",
        () -> images(idx(IMAGES, new int[] {1, 65535, 65535})));
  }

  @Test
  void bytesAfterTheLastRecordAreRefused() {
    assertData(
        "f goes on after its 2 records of 1 bytes; fetch the file again",
        () -> labels(idx(LABELS, new int[] {2}, 1, 2, 3)));
    assertData(
        "f goes on after its 1 records of 2 bytes; fetch the file again",
        () -> images(idx(IMAGES, new int[] {1, 1, 2}, 1, 2, 3)));
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] labels = idx(LABELS, new int[] {5}, 1, 2, 3, 4, 5);
    byte[] images = idx(IMAGES, new int[] {2, 2, 1}, 1, 2, 3, 4);
    for (int length = 0; length < labels.length; length++) {
      byte[] cut = Arrays.copyOf(labels, length);
      String expected =
          length < 8
              ? "f ends within its idx header; fetch the file again"
              : "f ends in record %d of the 5 that its header names; fetch the file again"
                  .formatted(length - 8);
      assertData(expected, () -> labels(cut));
    }
    for (int length = 0; length < images.length; length++) {
      byte[] cut = Arrays.copyOf(images, length);
      String expected =
          length < 16
              ? "f ends within its idx header; fetch the file again"
              : "f ends in record %d of the 2 that its header names; fetch the file again"
                  .formatted((length - 16) / 2);
      assertData(expected, () -> images(cut));
    }
  }

  @Test
  void aHugeCountInATruncatedFileNeedsNoHugeMemory() {
    assertData(
        "f ends in record 1 of the 2147483647 that its header names; fetch the file again",
        () -> labels(idx(LABELS, new int[] {Integer.MAX_VALUE}, 1)));
  }

  @Test
  void aDamagedGzipFileIsRefused() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    int[] values = random.ints(2000, 0, 10).toArray();
    byte[] packed = gzip(idx(LABELS, new int[] {2000}, values));
    assertArrayEquals(values, gzipLabels(packed));
    for (int length : new int[] {12, packed.length / 2, packed.length - 9, packed.length - 1}) {
      byte[] cut = Arrays.copyOf(packed, length);
      FipException e = assertThrows(FipException.class, () -> gzipLabels(cut), "length " + length);
      assertEquals(FipException.Category.DATA, e.category(), e.getMessage());
    }
    byte[] flipped = packed.clone();
    flipped[packed.length - 6] ^= 1;
    FipException e = assertThrows(FipException.class, () -> gzipLabels(flipped));
    assertTrue(e.getMessage().startsWith("f is no sound gzip file ("), e.getMessage());
  }

  @Test
  void aPairMustHaveAsManyImagesAsLabels() {
    IdxReader.checkSameCount("i", 3, "l", 3);
    assertData(
        "i has 3 images and l has 4 labels; give the two files of one set",
        () -> IdxReader.checkSameCount("i", 3, "l", 4));
  }

  private static int[] labels(byte[] file) throws IOException {
    return IdxReader.open(new ByteArrayInputStream(file), 1, "f").readLabels();
  }

  private static byte[][] images(byte[] file) throws IOException {
    return IdxReader.open(new ByteArrayInputStream(file), 3, "f").readRecords(new int[0]);
  }

  private static int[] gzipLabels(byte[] file) throws IOException {
    GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(file));
    return IdxReader.open(in, 1, "f").readLabels();
  }

  private static byte[] gzip(byte[] file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(file);
    }
    return bytes.toByteArray();
  }

  private static byte[] idx(int magic, int[] dimensions, int... values) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(magic);
    for (int dimension : dimensions) {
      out.writeInt(dimension);
    }
    for (int value : values) {
      out.writeByte(value);
    }
    return bytes.toByteArray();
  }
}
