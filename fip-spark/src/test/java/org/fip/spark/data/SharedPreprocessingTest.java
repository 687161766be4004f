package org.fip.spark.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Examples;
import org.fip.core.data.ImageInput;
import org.fip.core.data.ImagePreprocessor;
import org.fip.core.data.TextTokenizer;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.safetensors.TensorSource;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against the inputs that {@code transformers} made of the first 64 test rows for the networks in
 * the shared folder.
 */
class SharedPreprocessingTest {

  private static final int ROWS = 64;
  private static final int POSITIONS = 64;

  private static Path data;

  @BeforeAll
  static void findData() {
    data = Path.of(System.getProperty("fip.shared", "shared"), "data").normalize();
    boolean present = Files.isDirectory(data.resolve("models"));
    System.out.println(
        present ? "Reading the networks in " + data : "Skipped: no networks in " + data);
    assumeTrue(present, "no networks in " + data);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.json", "vocab.txt"})
  void textsBecomeTheRecordedTokens(String tokenizerFile) throws IOException {
    Path network = data.resolve("models/bert_ag_news");
    Map<String, byte[]> files = new HashMap<>();
    for (String name : List.of(tokenizerFile, "tokenizer_config.json")) {
      files.put(name, Files.readAllBytes(network.resolve(name)));
    }
    EncodedExamples texts = DataFiles.read(data.resolve("text/ag_news"), "test").slice(0, ROWS);
    try (TextTokenizer tokenizer = new TextTokenizer(files, network.toString(), POSITIONS);
        TensorSource recorded = recorded(network)) {
      Examples examples = tokenizer.decode(texts);
      for (Examples.Input input : examples.inputs()) {
        assertArrayEquals(
            recorded.readLongs(recorded.get(input.name())), padded(input), input.name());
      }
      assertLabels(recorded, examples);
    }
  }

  @Test
  void imagesBecomeTheRecordedPixels() throws IOException {
    Path network = data.resolve("models/vit_fashion_mnist");
    Path config = network.resolve("preprocessor_config.json");
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(new ObjectMapper().readTree(config.toFile()), config.toString());
    EncodedExamples images = DataFiles.read(data.resolve("fashion_mnist"), "test").slice(0, ROWS);
    Examples examples = images.decode(preprocessor, ImageInput.anySize(1));
    try (TensorSource recorded = recorded(network)) {
      float[] pixels = new float[ROWS * 28 * 28];
      recorded.readFloats(recorded.get(Examples.PIXEL_VALUES), pixels, 0);
      assertEquals(List.of(1, 28, 28), examples.inputs().get(0).shape());
      assertArrayEquals(pixels, examples.inputs().get(0).floats());
      assertLabels(recorded, examples);
    }
  }

  private static TensorSource recorded(Path network) throws IOException {
    return SafetensorsReader.open(
        new LocalFolder(network).openRandom("logits.safetensors"), network.toString());
  }

  private static void assertLabels(TensorSource recorded, Examples examples) {
    assertArrayEquals(
        recorded.readLongs(recorded.get("labels")),
        Arrays.stream(examples.labels()).asLongStream().toArray());
  }

  /** The rows, filled up with zeros to all positions. */
  private static long[] padded(Examples.Input input) {
    int length = input.stride();
    long[] all = new long[ROWS * POSITIONS];
    for (int i = 0; i < input.integers().length; i++) {
      all[i / length * POSITIONS + i % length] = input.integers()[i];
    }
    return all;
  }
}
