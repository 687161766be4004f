package org.fip.spark.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.ImagePreprocessor;
import org.junit.jupiter.api.function.Executable;

/** Makes small data sets, and reads and checks them. */
public final class DataFiles {

  static final String IMAGES =
      "message m { optional group image { optional binary bytes; optional binary path (STRING); }"
          + " optional int64 label; }";

  /** Schema of texts. */
  public static final String TEXTS =
      "message m { optional binary text (STRING); optional int32 label; }";

  private DataFiles() {}

  static EncodedExamples read(Path path, String split) {
    return read(DataSelector.of(path.toString(), split));
  }

  static EncodedExamples read(DataSelector selector) {
    return DataSets.read(selector, new Configuration());
  }

  /** Writes an idx file, packed when the name ends in {@code .gz}. */
  public static void idx(Path file, int[] dimensions, byte[] values) throws IOException {
    try (OutputStream raw = Files.newOutputStream(file);
        OutputStream packed = file.toString().endsWith(".gz") ? new GZIPOutputStream(raw) : raw;
        DataOutputStream out = new DataOutputStream(packed)) {
      out.writeInt(0x800 | dimensions.length);
      for (int dimension : dimensions) {
        out.writeInt(dimension);
      }
      out.write(values);
    }
  }

  /** Writes a pair of idx files, each image being 1x2 with its row and its label. */
  static void idxPair(Path folder, String prefix, String suffix, int... labels) throws IOException {
    byte[] labelBytes = new byte[labels.length];
    byte[] pixels = new byte[2 * labels.length];
    for (int row = 0; row < labels.length; row++) {
      labelBytes[row] = (byte) labels[row];
      pixels[2 * row] = (byte) row;
      pixels[2 * row + 1] = (byte) labels[row];
    }
    idx(
        folder.resolve(prefix + "-labels-idx1-ubyte" + suffix),
        new int[] {labels.length},
        labelBytes);
    idx(
        folder.resolve(prefix + "-images-idx3-ubyte" + suffix),
        new int[] {labels.length, 1, 2},
        pixels);
  }

  /** Writes Parquet with small row groups and pages, so that a few hundred rows have several. */
  public static void parquet(
      Path file,
      String schema,
      CompressionCodecName codec,
      int rows,
      BiConsumer<Integer, Group> fill)
      throws IOException {
    MessageType type = MessageTypeParser.parseMessageType(schema);
    Files.createDirectories(file.getParent());
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(type)
            .withCompressionCodec(codec)
            .withRowGroupRowCountLimit(100)
            .withPageRowCountLimit(17)
            .build()) {
      SimpleGroupFactory factory = new SimpleGroupFactory(type);
      for (int row = 0; row < rows; row++) {
        Group group = factory.newGroup();
        fill.accept(row, group);
        writer.write(group);
      }
    }
  }

  /** Writes texts {@code "text ROW"} with the label {@code ROW mod 4}. */
  static void texts(Path file, int first, int rows) throws IOException {
    parquet(
        file,
        TEXTS,
        CompressionCodecName.ZSTD,
        rows,
        (row, group) -> {
          group.add("text", "text " + (first + row));
          group.add("label", (first + row) % 4);
        });
  }

  /** A PNG of 2x3 pixels of one colour. */
  static byte[] png(int rgb) {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 6; i++) {
      image.setRGB(i % 3, i / 3, rgb);
    }
    return png(image);
  }

  /** A black PNG of one channel. */
  public static byte[] blackPng(int width, int height) {
    return png(new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY));
  }

  private static byte[] png(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      assertTrue(ImageIO.write(image, "png", out));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  static String text(EncodedExamples examples, int index) {
    return new String(examples.payload(index), UTF_8);
  }

  /** Bytes as they are, or divided by 255. */
  static ImagePreprocessor preprocessor(boolean rescale) {
    ObjectNode config = new ObjectMapper().createObjectNode();
    List.of("do_resize", "do_normalize").forEach(key -> config.put(key, false));
    config.put("do_rescale", rescale);
    return new ImagePreprocessor(config, "preprocessor_config.json");
  }

  static void assertData(String message, Executable executable) {
    FipException e = assertThrows(FipException.class, executable);
    assertEquals(message, e.getMessage());
    assertEquals(FipException.Category.DATA, e.category());
  }

  /** Checks a failure whose message names a file of which only the end is known here. */
  static FipException assertFails(
      FipException.Category category, String part, Executable executable) {
    FipException e = assertThrows(FipException.class, executable);
    assertEquals(category, e.category(), e.getMessage());
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    return e;
  }
}
