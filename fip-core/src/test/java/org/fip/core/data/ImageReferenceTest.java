package org.fip.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against what Pillow does, recorded in {@code images.json} by {@code make_images.py}. */
class ImageReferenceTest {

  private static JsonNode reference;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in = ImageReferenceTest.class.getResourceAsStream("images.json")) {
      reference = new ObjectMapper().readTree(in);
    }
  }

  @Test
  void filesDecodeToTheRecordedPixels() throws IOException {
    assertEquals(9, reference.get("decoding").size());
    for (JsonNode example : reference.get("decoding")) {
      String name = example.get("name").asText();
      RawImage image = ImageFile.decode(example.get("file").binaryValue());
      RawImage expected = image(example);
      assertEquals(expected.shape(), image.shape(), name);
      int tolerance = example.get("tolerance").asInt();
      assertClose(expected.pixels(), image.pixels(), tolerance, name);
    }
  }

  @Test
  void aProfileOfColoursChangesNoPixel() throws IOException {
    int withColours = 0;
    for (JsonNode example : reference.get("decoding")) {
      byte[] file = example.get("file").binaryValue();
      if ((file[0] & 0xFF) == 0xFF && image(example).shape().channels() == 3) {
        RawImage plain = ImageFile.decode(file);
        assertArrayEquals(plain.pixels(), ImageFile.decode(withProfile(file)).pixels());
        withColours++;
      }
    }
    assertTrue(withColours > 0);
  }

  /** The JPEG file with a profile by which the same numbers are other colours. */
  private static byte[] withProfile(byte[] jpeg) {
    byte[] name = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    int length = 2 + name.length + 2 + profile.length;
    return ByteBuffer.allocate(jpeg.length + 2 + length)
        .put(jpeg, 0, 2)
        .putShort((short) 0xFFE2)
        .putShort((short) length)
        .put(name)
        .put(new byte[] {1, 1})
        .put(profile)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  @Test
  void resizedImagesAreTheRecordedOnesByteForByte() throws IOException {
    assertEquals(72, reference.get("resizing").size());
    for (JsonNode example : reference.get("resizing")) {
      Resize resize = Resize.numbered(example.get("resample").asInt()).orElseThrow();
      RawImage expected = image(example.get("target"));
      ImageShape to = expected.shape();
      RawImage resized = resize.apply(image(example.get("source")), to.height(), to.width());
      assertArrayEquals(expected.pixels(), resized.pixels(), example.get("name").asText());
    }
  }

  @Test
  void processorsBringImagesToTheRecordedSizesByteForByte() throws IOException {
    assertEquals(24, reference.get("preprocessing").size());
    for (JsonNode example : reference.get("preprocessing")) {
      RawImage source = image(example.get("source"));
      RawImage expected = image(example.get("target"));
      ImagePreprocessor preprocessor = new ImagePreprocessor(example.get("config"), "f");
      RawImage fitted = preprocessor.fit(source, ImageInput.of(expected.shape()));
      assertArrayEquals(
          expected.pixels(), fitted.pixels(), source.shape() + " " + example.get("config"));
    }
  }

  @Test
  void colourBecomesTheRecordedGrey() throws IOException {
    RawImage colour = image(reference.get("converting").get("colour"));
    RawImage grey = image(reference.get("converting").get("grey"));
    assertArrayEquals(grey.pixels(), colour.withChannels(1).pixels());
  }

  private static RawImage image(JsonNode node) throws IOException {
    JsonNode shape = node.get("shape");
    ImageShape sides =
        new ImageShape(shape.get(0).asInt(), shape.get(1).asInt(), shape.get(2).asInt());
    return new RawImage(sides, node.get("pixels").binaryValue());
  }

  private static void assertClose(byte[] expected, byte[] actual, int tolerance, String name) {
    assertEquals(expected.length, actual.length, name);
    for (int i = 0; i < expected.length; i++) {
      int difference = Math.abs((expected[i] & 0xFF) - (actual[i] & 0xFF));
      assertTrue(difference <= tolerance, name + ": differs by " + difference + " at " + i);
    }
  }
}
