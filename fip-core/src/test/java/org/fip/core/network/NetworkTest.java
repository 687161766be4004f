package org.fip.core.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path temporary;
  private LocalFolder folder;
  private ObjectNode config;
  private Network network;

  @BeforeEach
  void save() throws IOException {
    folder = new LocalFolder(temporary.resolve("network"));
    config =
        (ObjectNode)
            JSON.readTree(
                """
                {"architectures": ["LeNet300100"], "input_shape": [1, 2, 3],
                 "hidden_sizes": [4, 5], "num_labels": 3,
                 "id2label": {"0": "zero", "1": "one", "2": "two"}}
                """);
    network =
        Network.initialize(
            new NetworkConfig(config, "test"), JSON.readTree("{\"do_rescale\": true}"), 1);
    network.save(folder);
  }

  private void rewriteConfig() throws IOException {
    Files.writeString(temporary.resolve("network/config.json"), config.toString());
  }

  private String messageOfLoading() {
    return assertThrows(FipException.class, () -> Network.load(folder)).getMessage();
  }

  @Test
  void sizesThatNoArrayHasAreRefused() {
    config.putArray("hidden_sizes").add(100_000).add(100_000);
    FipException refused =
        assertThrows(
            FipException.class,
            () ->
                Network.initialize(new NetworkConfig(config, "test"), JSON.createObjectNode(), 1));
    assertEquals(FipException.Category.DATA, refused.category());
    assertTrue(refused.getMessage().contains("[100000, 100000]"), refused.getMessage());
  }

  @Test
  void comesBackAsItWasWritten() {
    Network read = Network.load(folder);
    assertArrayEquals(network.weights(), read.weights());
    assertEquals(network.layout().tensors(), read.layout().tensors());
    assertEquals(network.config().json(), read.config().json());
    assertTrue(read.preprocessor().orElseThrow().path("do_rescale").asBoolean());
  }

  @Test
  void tensorsThatAreNotOnThePathAreWrittenBackByteForByte() throws IOException {
    byte[] content = {1, 2, 3, 4, 5, 6};
    SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt"));
    writer.add("buffer", ElementType.BF16, new long[] {3}, content);
    for (WeightLayout.Slot slot : network.layout().slots()) {
      long[] shape = slot.parameter().shape().stream().mapToLong(Integer::longValue).toArray();
      writer.add(slot.parameter().name(), ElementType.F32, shape, network.weights(), slot.offset());
    }
    try (OutputStream out = folder.create("model.safetensors")) {
      writer.writeTo(out);
    }
    byte[] before = Files.readAllBytes(temporary.resolve("network/model.safetensors"));
    LocalFolder copy = new LocalFolder(temporary.resolve("copy"));
    Network.load(folder).save(copy);
    assertArrayEquals(before, Files.readAllBytes(temporary.resolve("copy/model.safetensors")));
  }

  @Test
  void aGrownHeadKeepsItsOldRowsAndStartsNewOnesAtZero() {
    Network grown = network.withClasses(5);
    assertEquals(5, grown.classes());
    for (WeightLayout.Slot slot : network.layout().slots()) {
      WeightLayout.Slot now = grown.layout().find(slot.parameter().name()).orElseThrow();
      for (int i = 0; i < now.parameter().size(); i++) {
        float expected = i < slot.parameter().size() ? network.weights()[slot.offset() + i] : 0;
        assertEquals(expected, grown.weights()[now.offset() + i], slot.parameter().name());
      }
    }
    assertEquals("two", grown.config().json().path("id2label").path("2").asText());
    assertEquals("LABEL_4", grown.config().json().path("id2label").path("4").asText());
    assertArrayEquals(network.weights(), grown.withClasses(3).weights());
  }

  @Test
  void outputsThatNothingIsLearnedOfHaveNoRows() {
    BitSet middle = new BitSet();
    middle.set(1);
    assertEquals(new BitSet(), network.unlearned());
    Network without = network.withUnlearned(middle);
    assertEquals(middle, without.unlearned());
    int changed = 0;
    for (int i = 0; i < network.weights().length; i++) {
      changed += network.weights()[i] == without.weights()[i] ? 0 : 1;
    }
    assertEquals(6, changed, "a row of 5 weights and its offset");
  }

  @Test
  void missingFolderIsNotFound() {
    FipException failure =
        assertThrows(
            FipException.class, () -> Network.load(new LocalFolder(temporary.resolve("none"))));
    assertEquals(FipException.Category.NOT_FOUND, failure.category());
    assertTrue(failure.getMessage().contains("no such network folder"), failure.getMessage());
  }

  @Test
  void missingConfigIsNotFound() throws IOException {
    Files.delete(temporary.resolve("network/config.json"));
    assertTrue(messageOfLoading().contains("config.json: no such file"));
  }

  @Test
  void unknownArchitectureIsNamedBesideTheKnownOnes() throws IOException {
    config.putArray("architectures").add("Unheard");
    rewriteConfig();
    String message = messageOfLoading();
    assertTrue(message.contains("architecture Unheard is not known"), message);
    assertTrue(message.contains("LeNet300100, LeNet5"), message);
  }

  @Test
  void wrongShapeNamesBothShapes() throws IOException {
    config.putArray("hidden_sizes").add(4).add(6);
    rewriteConfig();
    String message = messageOfLoading();
    assertTrue(message.contains("has shape [5], but config.json asks for [6]"), message);
  }

  @Test
  void unsupportedActivationIsRefusedByName() throws IOException {
    config.put("hidden_act", "softsign");
    rewriteConfig();
    assertTrue(messageOfLoading().contains("hidden_act is \"softsign\""), messageOfLoading());
  }

  @Test
  void weightsThatAreNotFiniteAreRefused() throws IOException {
    float[] weights = network.weights().clone();
    weights[7] = Float.NaN;
    network.withWeights(weights).save(folder);
    assertTrue(messageOfLoading().contains("holds NaN at element"), messageOfLoading());
  }

  @Test
  void missingTensorIsNamed() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    writer.add("fc1.bias", ElementType.F32, new long[] {4}, new float[4], 0);
    try (OutputStream out = folder.create("model.safetensors")) {
      writer.writeTo(out);
    }
    assertTrue(messageOfLoading().contains("tensor fc1.weight of LeNet300100 is missing"));
  }

  @Test
  void truncatedWeightsAreRefused() throws IOException {
    Path file = temporary.resolve("network/model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 5));
    FipException failure = assertThrows(FipException.class, () -> Network.load(folder));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains("model.safetensors"), failure.getMessage());
  }

  @Test
  void configThatIsNotJsonIsRefused() throws IOException {
    Files.write(
        temporary.resolve("network/config.json"), "{broken".getBytes(StandardCharsets.UTF_8));
    assertTrue(messageOfLoading().contains("config.json: not JSON"), messageOfLoading());
  }
}
