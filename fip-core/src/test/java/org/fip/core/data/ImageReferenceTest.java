package org.fip.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
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
