package org.fip.spark.data;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.apache.parquet.hadoop.metadata.CompressionCodecName.UNCOMPRESSED;
import static org.fip.core.FipException.Category.DATA;
import static org.fip.core.FipException.Category.STORAGE;
import static org.fip.spark.data.DataFiles.IMAGES;
import static org.fip.spark.data.DataFiles.TEXTS;
import static org.fip.spark.data.DataFiles.assertFails;
import static org.fip.spark.data.DataFiles.parquet;
import static org.fip.spark.data.DataFiles.png;
import static org.fip.spark.data.DataFiles.read;
import static org.fip.spark.data.DataFiles.text;
import static org.fip.spark.data.DataFiles.texts;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Examples;
import org.fip.core.data.ImageShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParquetSourceTest {

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"})
  void imagesAreReadAndDecoded(CompressionCodecName codec) throws IOException {
    Path file = folder.resolve("any.parquet");
    images(file, codec, 250);
    EncodedExamples all = read(file, "test");
    assertEquals(250, all.size());
    assertEquals(EncodedExamples.Kind.IMAGE_FILE, all.kind());
    assertEquals(7, all.labels()[17]);
    EncodedExamples few = all.select(new int[] {249, 100});
    Examples colour = few.decode(DataFiles.preprocessor(false), new ImageShape(3, 2, 3));
    float[] pixels = colour.inputs().get(0).floats();
    assertArrayEquals(new float[] {249, 249}, Arrays.copyOfRange(pixels, 0, 2));
    assertArrayEquals(new float[] {1, 2, 2}, Arrays.copyOfRange(pixels, 11, 14));
    assertArrayEquals(new float[] {100, 100}, Arrays.copyOfRange(pixels, 18, 20));
    assertArrayEquals(new int[] {9, 0}, colour.labels());
  }

  @Test
  void onlyTheRowsChosenAreKeptAcrossRowGroups() throws IOException {
    Path file = folder.resolve("train.parquet");
    texts(file, 0, 450);
    DataSelector selector =
        DataSelector.of(folder.toString(), "train").withLabels(List.of(1, 2)).withLimit(20, 3);
    EncodedExamples examples = read(selector);
    assertEquals(20, examples.size());
    for (int i = 0; i < 20; i++) {
      int row = examples.rows()[i];
      assertEquals("text " + row, text(examples, i));
      assertEquals(row % 4, examples.labels()[i]);
    }
    assertTrue(examples.rows()[19] > 300, () -> Arrays.toString(examples.rows()));
  }

  @Test
  void shardsFollowOneAnotherByName() throws IOException {
    texts(folder.resolve("train-00001-of-00003.parquet"), 30, 130);
    texts(folder.resolve("train-00000-of-00003.parquet"), 0, 30);
    texts(folder.resolve("train-00002-of-00003.parquet"), 160, 5);
    texts(folder.resolve("test-00000-of-00001.parquet"), 0, 2);
    EncodedExamples examples = read(folder, "train");
    assertEquals(165, examples.size());
    for (int row = 0; row < 165; row++) {
      assertEquals("text " + row, text(examples, row));
      assertEquals(row % 4, examples.labels()[row]);
    }
    assertEquals(2, read(folder, "test").size());
    Files.delete(folder.resolve("train-00001-of-00003.parquet"));
    assertFails(
        DATA, "is one of 00003 shards of train and there are 2", () -> read(folder, "train"));
  }

  @Test
  void foldersOfTheHubAndOfSparkAreFound() throws IOException {
    texts(folder.resolve("hub/data/train-00000-of-00001.parquet"), 0, 3);
    texts(folder.resolve("split/test/part-0.parquet"), 0, 4);
    texts(folder.resolve("split/test/part-1.parquet"), 4, 4);
    texts(folder.resolve("spark/train.parquet/part-00000.zstd.parquet"), 0, 5);
    Files.writeString(folder.resolve("spark/train.parquet/_SUCCESS"), "");
    assertEquals(3, read(folder.resolve("hub"), "train").size());
    assertEquals("text 7", text(read(folder.resolve("split"), "test"), 7));
    assertEquals(5, read(folder.resolve("spark"), "train").size());
    assertEquals(5, read(folder.resolve("spark/train.parquet"), "test").size());
  }

  @Test
  void columnsInAnyOrderAndExtraColumnsDoNotMatter() throws IOException {
    Path file = folder.resolve("f.parquet");
    parquet(
        file,
        "message m { required int32 label; required double weight; required group image {"
            + " required binary path (STRING); required binary bytes; } repeated int32 tags; }",
        UNCOMPRESSED,
        3,
        (row, group) -> {
          group.add("label", row);
          group.add("weight", 0.5);
          group.addGroup("image").append("path", "p").append("bytes", bytes(row));
          group.add("tags", 1);
          group.add("tags", 2);
        });
    EncodedExamples examples = read(file, "train");
    assertArrayEquals(new int[] {0, 1, 2}, examples.labels());
    assertArrayEquals(png(2 * 0x10000 + 2), examples.payload(2));
  }

  @Test
  void unlabelledDataAreReadUnlessLabelsAreAskedFor() throws IOException {
    Path file = folder.resolve("f.parquet");
    parquet(
        file,
        "message m { required binary text (STRING); }",
        UNCOMPRESSED,
        9,
        (row, group) -> group.add("text", "t" + row));
    DataSelector selector = DataSelector.of(file.toString(), "train");
    assertEquals(9, read(selector).size());
    EncodedExamples sample = read(selector.withLimit(4, 1));
    assertEquals(4, sample.size());
    assertEquals(0, sample.labels().length);
    assertEquals("t" + sample.rows()[3], text(sample, 3));
    assertFails(
        DATA,
        "labels: [1]}: the data have no labels to choose by; leave labels out",
        () -> read(selector.withLabels(List.of(1))));
  }

  @Test
  void nullsAreRefusedByRow() throws IOException {
    Path noLabel = folder.resolve("label.parquet");
    parquet(
        noLabel,
        TEXTS,
        UNCOMPRESSED,
        150,
        (row, group) -> {
          group.add("text", "t");
          if (row != 120) {
            group.add("label", 0);
          }
        });
    assertFails(
        DATA,
        "row 120 of " + noLabel + ": label is null; remove the row or give a value",
        () -> read(noLabel, "train"));
    Path noText = folder.resolve("text.parquet");
    parquet(
        noText,
        TEXTS,
        UNCOMPRESSED,
        5,
        (row, group) -> {
          if (row != 3) {
            group.add("text", "t" + row);
          }
          group.add("label", row);
        });
    assertFails(DATA, "row 3 of", () -> read(noText, "train"));
    DataSelector others = DataSelector.of(noText.toString(), "train").withLabels(List.of(0, 1, 4));
    assertEquals("t4", text(read(others), 2));
  }

  @Test
  void nullImagesAndNullBytesAreRefusedByRow() throws IOException {
    for (int missing = 0; missing < 2; missing++) {
      boolean image = missing == 0;
      Path file = folder.resolve(missing + ".parquet");
      parquet(
          file,
          IMAGES,
          UNCOMPRESSED,
          4,
          (row, group) -> {
            group.add("label", 0L);
            if (row != 2) {
              group.addGroup("image").append("bytes", bytes(row));
            } else if (!image) {
              group.addGroup("image").append("path", "elsewhere.png");
            }
          });
      assertFails(DATA, "row 2 of " + file + ": image.bytes is null", () -> read(file, "train"));
    }
  }

  @Test
  void labelsOutOfRangeAreRefusedByRow() throws IOException {
    for (long label : new long[] {-1, 1L << 31}) {
      Path file = folder.resolve(label + ".parquet");
      parquet(
          file,
          IMAGES,
          UNCOMPRESSED,
          2,
          (row, group) -> {
            group.add("label", row * label);
            group.addGroup("image").append("bytes", bytes(row));
          });
      assertFails(
          DATA,
          ": label " + label + "; labels are numbers from 0 to 2147483647",
          () -> read(file, "train"));
    }
  }

  @Test
  void columnsOfAnotherTypeAreRefusedByName() throws IOException {
    assertColumns(
        "message m { required binary label (STRING); required binary text (STRING); }",
        "column label is required binary label (STRING); it must be int32 or int64");
    assertColumns(
        "message m { required int32 text; }",
        "column text is required int32 text; it must be string");
    assertColumns(
        "message m { required binary image; }",
        "column image is required binary image; it must be struct<bytes: binary, path: string>");
    assertColumns(
        "message m { required group image { required binary path (STRING); } }",
        "it must be struct<bytes: binary, path: string>");
    assertColumns(
        "message m { repeated binary text (STRING); }",
        "column text is repeated binary text (STRING); it must be string");
    assertColumns(
        "message m { required int32 label; required binary sentence (STRING); }",
        "has neither a column image nor a column text; its columns are [label, sentence]");
  }

  @Test
  void shardsOfDifferentFormAreRefused() throws IOException {
    texts(folder.resolve("train-a.parquet"), 0, 2);
    images(folder.resolve("train-b.parquet"), UNCOMPRESSED, 2);
    assertFails(
        DATA, "holds images with labels; give files of one form", () -> read(folder, "train"));
  }

  @Test
  void everyDamageIsNoticedOrHarmless() throws IOException {
    Path file = folder.resolve("f.parquet");
    texts(file, 0, 20);
    byte[] sound = Files.readAllBytes(file);
    EncodedExamples expected = read(file, "train");
    // The last eight bytes are the length of the footer and a magic number. Values are protected by
    // checksums; in the footer are also names and statistics that no checksum covers.
    int footer =
        sound.length - 8 - ByteBuffer.wrap(sound).order(LITTLE_ENDIAN).getInt(sound.length - 8);
    int noticed = 0;
    for (int i = 0; i < sound.length; i += 3) {
      byte[] flipped = sound.clone();
      flipped[i] ^= 0x10;
      Optional<EncodedExamples> examples = readDamaged(flipped);
      noticed += examples.isPresent() ? 0 : 1;
      if (i < footer && examples.isPresent()) {
        assertSameExamples(expected, examples.get(), "byte " + i);
      }
    }
    for (int length = 0; length < sound.length; length += 10) {
      assertTrue(readDamaged(Arrays.copyOf(sound, length)).isEmpty(), "length " + length);
    }
    assertTrue(noticed > sound.length / 9, noticed + " of " + sound.length + " bytes");
  }

  @Test
  void aFailureOfStorageIsNotTakenForDamage() throws IOException {
    Path file = folder.resolve("f.parquet");
    texts(file, 0, 450);
    // Hadoop's local file system verifies the checksum file beside a file as it reads.
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toString());
    LocalFileSystem files = FileSystem.getLocal(new Configuration());
    byte[] content = Files.readAllBytes(file);
    Files.delete(file);
    try (OutputStream out = files.create(path)) {
      out.write(content);
    }
    assertEquals(450, read(file, "train").size());
    content[20] ^= 1;
    Files.write(file, content);
    assertFails(STORAGE, "cannot be read (Checksum error", () -> read(file, "train"));
  }

  /** What a file reads as, or nothing; a failure must be one for the user. */
  private Optional<EncodedExamples> readDamaged(byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("damaged.parquet"), content);
    try {
      return Optional.of(read(file, "train"));
    } catch (FipException e) {
      assertEquals(DATA, e.category(), e.getMessage());
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      return Optional.empty();
    }
  }

  private static void assertSameExamples(
      EncodedExamples expected, EncodedExamples actual, String message) {
    assertEquals(expected.size(), actual.size(), message);
    assertArrayEquals(expected.labels(), actual.labels(), message);
    for (int row = 0; row < expected.size(); row++) {
      assertArrayEquals(expected.payload(row), actual.payload(row), message + ", row " + row);
    }
  }

  private void assertColumns(String schema, String message) throws IOException {
    Path file = folder.resolve("columns.parquet");
    Files.deleteIfExists(file);
    parquet(file, schema, UNCOMPRESSED, 0, (row, group) -> {});
    assertFails(DATA, message, () -> read(file, "train"));
  }

  private static void images(Path file, CompressionCodecName codec, int rows) throws IOException {
    parquet(
        file,
        IMAGES,
        codec,
        rows,
        (row, group) -> {
          group.addGroup("image").append("bytes", bytes(row)).append("path", row + ".png");
          group.add("label", (long) row % 10);
        });
  }

  private static Binary bytes(int row) {
    return Binary.fromConstantByteArray(png(row * 0x10000 + (row == 249 ? 0x102 : row)));
  }
}
