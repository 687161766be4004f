package org.fip.core.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.fip.core.data.ExamplesTest.assertData;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.fip.core.FipException;
import org.junit.jupiter.api.Test;

class EncodedExamplesTest {

  private static final ImageShape SHAPE = new ImageShape(1, 1, 2);
  private static final ImagePreprocessor SIXTEENTHS =
      ImagePreprocessorTest.of(
          "\"do_resize\": false, \"rescale_factor\": 0.0625, \"do_normalize\": false");

  @Test
  void pixelsDecodeToScaledFloats() {
    Examples examples = digits().decode(SIXTEENTHS, SHAPE);
    assertArrayEquals(new float[] {0, 0.5f, 1, 0.25f, 0, 0}, examples.inputs().get(0).floats());
    assertArrayEquals(new int[] {4, 5, 6}, examples.labels());
  }

  @Test
  void selectedRowsRememberWhereTheyComeFrom() {
    EncodedExamples chosen = digits().select(new int[] {2, 0}).slice(1, 2);
    assertArrayEquals(new int[] {4}, chosen.labels());
    assertArrayEquals(new int[] {10}, chosen.rows());
    assertSame(digits().payload(0).getClass(), chosen.payload(0).getClass());
    assertArrayEquals(new byte[] {0, 8}, chosen.payload(0));
    assertEquals(2, chosen.bytes());
    assertThrows(IndexOutOfBoundsException.class, () -> digits().slice(2, 4));
  }

  @Test
  void shardsAreSlicesOfNearlyOneSizeInOrder() {
    EncodedExamples all = EncodedExamples.texts(new byte[11][0], new int[0], range(11), "f");
    for (int count = 1; count <= 13; count++) {
      List<EncodedExamples> shards = all.shards(count);
      assertEquals(count, shards.size());
      int[] rows = shards.stream().flatMapToInt(shard -> Arrays.stream(shard.rows())).toArray();
      assertArrayEquals(all.rows(), rows);
      int[] sizes = shards.stream().mapToInt(EncodedExamples::size).sorted().toArray();
      assertTrue(sizes[count - 1] - sizes[0] <= 1, Arrays.toString(sizes));
    }
  }

  @Test
  void joinedBlocksKeepTheirRowsAndSources() {
    EncodedExamples digits = digits();
    EncodedExamples joined =
        EncodedExamples.concat(List.of(digits.slice(0, 1), digits.slice(1, 3)));
    assertArrayEquals(digits.labels(), joined.labels());
    assertArrayEquals(digits.rows(), joined.rows());
    assertEquals("digits", joined.source());
    assertEquals(3, joined.decode(SIXTEENTHS, SHAPE).size());
  }

  @Test
  void blocksOfDifferentFormDoNotJoin() {
    EncodedExamples digits = digits();
    EncodedExamples other =
        EncodedExamples.pixels(
            new ImageShape(1, 2, 1), new byte[1][2], new int[1], new int[1], "f");
    assertData(
        "digits holds PIXELS 1x1x2 with labels and f holds PIXELS 1x2x1 with labels; what is"
            + " joined must be of one kind and shape, with labels or without",
        () -> EncodedExamples.concat(List.of(digits, other)));
    EncodedExamples text = EncodedExamples.texts(new byte[1][0], new int[0], new int[1], "t");
    assertData(
        "digits holds PIXELS 1x1x2 with labels and t holds TEXT without labels; what is joined"
            + " must be of one kind and shape, with labels or without",
        () -> EncodedExamples.concat(List.of(digits, text)));
  }

  @Test
  void theyTravelByJavaSerialisation() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(digits());
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      EncodedExamples back = (EncodedExamples) in.readObject();
      assertArrayEquals(digits().rows(), back.rows());
      assertArrayEquals(
          digits().decode(SIXTEENTHS, SHAPE).inputs().get(0).floats(),
          back.decode(SIXTEENTHS, SHAPE).inputs().get(0).floats());
    }
  }

  @Test
  void aWrongShapeIsRefusedByRowWithBothShapes() {
    assertData(
        "row 10 of digits: the image is 1x1x2, preprocessed 1x1x2, and the network takes 1x2x2; set"
            + " do_resize and size in f, or give images of that shape",
        () -> digits().decode(SIXTEENTHS, new ImageShape(1, 2, 2)));
  }

  @Test
  void aNetworkOfAnySizeTakesImagesOfOneShape() throws IOException {
    byte[][] files = {png(4, 3), png(4, 3), png(3, 4)};
    EncodedExamples images =
        EncodedExamples.imageFiles(files, new int[3], new int[] {5, 6, 8}, "f.parquet");
    ImageInput any = ImageInput.anySize(3);
    Examples examples = images.slice(0, 2).decode(SIXTEENTHS, any);
    assertEquals(List.of(3, 4, 3), examples.inputs().get(0).shape());
    assertArrayEquals(
        images.slice(0, 2).decode(SIXTEENTHS, new ImageShape(3, 4, 3)).inputs().get(0).floats(),
        examples.inputs().get(0).floats());
    assertData(
        "row 8 of f.parquet: the image is preprocessed 3x3x4, and row 5 3x4x3; set do_resize and"
            + " size in f, or give images of one shape",
        () -> images.decode(SIXTEENTHS, any));
    ImagePreprocessor shorterEdge =
        ImagePreprocessorTest.of(
            "\"image_processor_type\": \"CLIPImageProcessor\", \"size\": 6,"
                + " \"do_center_crop\": false");
    assertData(
        "row 8 of f.parquet: the image is preprocessed 3x6x8, and row 5 3x8x6; correct size or"
            + " crop_size in f",
        () -> images.decode(shorterEdge, any));
    ImageInput wide = new ImageInput(3, OptionalInt.empty(), OptionalInt.of(4));
    assertEquals(
        List.of(3, 3, 4), images.slice(2, 3).decode(SIXTEENTHS, wide).inputs().get(0).shape());
    assertData(
        "row 5 of f.parquet: the image is 3x4x3, preprocessed 3x4x3, and the network takes 3 x any"
            + " x 4; set do_resize and size in f, or give images of that shape",
        () -> images.decode(SIXTEENTHS, wide));
    assertEquals(0, images.slice(0, 0).decode(SIXTEENTHS, any).size());
  }

  @Test
  void aLabelBeyondTheOutputsIsRefusedByRowWithBothValues() {
    digits().checkLabels(7, "keep[0]");
    assertData(
        "keep[0]: row 30 of digits has label 6 and the network has 6 outputs (0 to 5); choose"
            + " labels, correct labelOffset, or give the network more outputs",
        () -> digits().checkLabels(6, "keep[0]"));
  }

  @Test
  void textDoesNotDecodeToImages() {
    EncodedExamples texts =
        EncodedExamples.texts(
            new byte[][] {"a text".getBytes(UTF_8)}, new int[] {0}, new int[] {0}, "news");
    assertData(
        "news holds text and the network takes images of shape 1x1x2; give images",
        () -> texts.decode(SIXTEENTHS, SHAPE));
  }

  @Test
  void damagedImageFilesAreRefusedByRow() throws IOException {
    assertData(
        "row 3 of f: 7 bytes that are no PNG or JPEG file; store images in one of these",
        () -> decode("no file".getBytes(UTF_8)));
    for (String format : new String[] {"png", "jpg"}) {
      byte[] file = file(format);
      int failures = 0;
      for (int length = 0; length < file.length; length++) {
        byte[] cut = Arrays.copyOf(file, length);
        try {
          decode(cut);
        } catch (FipException e) {
          assertEquals(FipException.Category.DATA, e.category());
          assertTrue(e.getMessage().startsWith("row 3 of f: "), e.getMessage());
          assertEquals(1, e.getMessage().lines().count(), e.getMessage());
          failures++;
        }
      }
      // Decoders forgive a missing end, never a missing beginning.
      assertTrue(failures > file.length / 3, format + ": " + failures + " of " + file.length);
    }
  }

  @Test
  void anImplausiblyLargeImageIsRefusedBeforeItIsDecoded() throws IOException {
    byte[] file = file("png");
    // Width and height are the first two integers of the first chunk; its checksum is not checked.
    file[16] = 0;
    file[17] = 1;
    file[20] = 0;
    file[21] = 1;
    FipException e = assertThrows(FipException.class, () -> decode(file));
    assertTrue(e.getMessage().contains("is larger than the 67108864 pixels"), e.getMessage());
  }

  private static int[] range(int count) {
    return IntStream.range(0, count).toArray();
  }

  private static void decode(byte[] file) {
    EncodedExamples.imageFiles(new byte[][] {file}, new int[] {0}, new int[] {3}, "f")
        .decode(SIXTEENTHS, new ImageShape(3, 20, 20));
  }

  private static byte[] png(int height, int width) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(width - 1, height - 1, 0x102030);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, "png", out));
    return out.toByteArray();
  }

  private static byte[] file(String format) throws IOException {
    BufferedImage image = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 400; i++) {
      image.setRGB(i % 20, i / 20, i * i * 7919);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));
    return out.toByteArray();
  }

  private static EncodedExamples digits() {
    byte[][] pixels = {{0, 8}, {16, 4}, {0, 0}};
    return EncodedExamples.pixels(
        SHAPE, pixels, new int[] {4, 5, 6}, new int[] {10, 20, 30}, "digits");
  }
}
