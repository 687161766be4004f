package org.fip.core.geometry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fip.core.FipException;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.network.Input;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.TensorSelection;
import org.fip.core.network.Value;
import org.fip.core.network.WeightLayout;
import org.fip.core.safetensors.Checkpoint;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.safetensors.TensorInfo;
import org.fip.core.safetensors.TensorSource;
import org.fip.core.storage.Folder;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folders as {@code transformers} writes them, read and written back. Its files are in the
 * fixtures, so what is equal to them byte for byte opens there as it did before.
 */
class HuggingFaceFolderTest {
  private static final String WEIGHTS = Checkpoint.FILE;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path temporary;

  static Stream<String> fixtures() {
    return PointProductsTest.fixtures();
  }

  private Folder folder(String name) {
    return new LocalFolder(temporary.resolve(name));
  }

  private static byte[] bytes(Folder folder, String file) throws IOException {
    try (var in = folder.open(file)) {
      return in.readAllBytes();
    }
  }

  private static void write(Folder folder, String file, byte[] content) throws IOException {
    try (OutputStream out = folder.create(file)) {
      out.write(content);
    }
  }

  private static Map<String, byte[]> tensors(Folder folder) {
    Map<String, byte[]> tensors = new HashMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        tensors.put(tensor.name(), checkpoint.readBytes(tensor));
      }
    }
    return tensors;
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void whatIsReadIsWrittenBackByteForByte(String name) throws IOException {
    Fixture fixture = Fixture.open(name);
    fixture.network().save(folder("copy"));
    assertArrayEquals(bytes(fixture.folder(), WEIGHTS), bytes(folder("copy"), WEIGHTS));
    assertEquals(
        JSON.readTree(bytes(fixture.folder(), "config.json")),
        JSON.readTree(bytes(folder("copy"), "config.json")));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void tensorsThatAreNotOnThePathStayByteForByte(String name) throws IOException {
    Fixture fixture = Fixture.open(name);
    Network whole = fixture.network();
    List<String> head = whole.graph().head().stream().map(java.util.regex.Pattern::quote).toList();
    Network part = whole.restrictedTo(TensorSelection.of(head, List.of()));
    float[] moved = part.weights().clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += 1;
    }
    part.withWeights(moved).save(folder("moved"));
    Map<String, byte[]> before = tensors(fixture.folder());
    tensors(folder("moved"))
        .forEach(
            (tensor, bytes) ->
                assertEquals(
                    !whole.graph().head().contains(tensor),
                    Arrays.equals(before.get(tensor), bytes),
                    tensor));
    assertEquals(before.keySet(), tensors(folder("moved")).keySet());
  }

  /** A part of w moves the outputs as the same weights do in the whole of it. */
  @ParameterizedTest
  @ValueSource(strings = {"bert-legacy-keys", "vit", "deit-teacher", "resnet20"})
  void productsOfAPartAreThoseOfTheWhole(String name) throws IOException {
    Fixture fixture = Fixture.open(name);
    Network whole = fixture.network();
    Network part =
        whole.restrictedTo(
            TensorSelection.of(List.of(), List.of(".*embeddings.*", ".*conv1.*", ".*key.*")));
    assertTrue(part.weights().length < whole.weights().length, "nothing was left out");
    try (TensorSource reference = fixture.reference();
        TensorSource own = withoutDirection(reference)) {
      PointProducts expected = PointProducts.compute(whole, reference, Precision.FLOAT64, 1);
      PointProducts actual = PointProducts.compute(part, own, Precision.FLOAT64, 1);
      assertArrayEquals(expected.values("logits"), actual.values("logits"), 1e-11);
      for (String key : List.of("JTu", "grad")) {
        double[] all = expected.values(key);
        double[] some = actual.values(key);
        for (WeightLayout.Slot slot : part.layout().slots()) {
          int from = whole.layout().find(slot.parameter().name()).orElseThrow().offset();
          int length = slot.parameter().size();
          assertArrayEquals(
              Arrays.copyOfRange(all, from, from + length),
              Arrays.copyOfRange(some, slot.offset(), slot.end()),
              1e-10,
              key + " of " + slot.parameter().name());
        }
      }
    }
  }

  /** The same tensors without the direction, which has another length for a part of w. */
  private TensorSource withoutDirection(TensorSource source) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    for (TensorInfo tensor : source.tensors()) {
      if (!tensor.name().equals("v")) {
        writer.copy(tensor, source);
      }
    }
    try (OutputStream out = folder("inputs").create("in.safetensors")) {
      writer.writeTo(out);
    }
    return SafetensorsReader.open(folder("inputs").openRandom("in.safetensors"), "in");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert-legacy-keys", "vit", "deit-teacher", "resnet18-hf"})
  void aGrownHeadIsNamedAndShrinksBack(String name) throws IOException {
    Fixture fixture = Fixture.open(name);
    Network network = fixture.network();
    int classes = network.classes();
    Network grown = network.withClasses(classes + 2);
    grown.save(folder("grown"));
    ObjectNode config = (ObjectNode) JSON.readTree(bytes(folder("grown"), "config.json"));
    assertEquals(classes + 2, config.path("id2label").size());
    assertEquals(classes + 1, config.path("label2id").path("LABEL_" + (classes + 1)).asInt());
    Network back = Network.load(folder("grown")).withClasses(classes);
    back.save(folder("back"));
    assertArrayEquals(bytes(fixture.folder(), WEIGHTS), bytes(folder("back"), WEIGHTS));
  }

  @Test
  void twoClassesNeedNoNamesAndThreeDo() throws IOException {
    Network network = Network.initialize(TestNetworks.bert("gelu"), null, 1);
    assertEquals(2, network.classes());
    network.save(folder("two"));
    assertFalse(JSON.readTree(bytes(folder("two"), "config.json")).has("id2label"));
    network.withClasses(3).save(folder("three"));
    assertEquals(3, Network.load(folder("three")).classes());
    assertEquals(3, JSON.readTree(bytes(folder("three"), "config.json")).path("id2label").size());
  }

  @Test
  void aHeadThatDoesNotMoveDoesNotGrow() {
    Network network = Network.initialize(TestNetworks.bert("gelu"), null, 1);
    Network part = network.restrictedTo(TensorSelection.of(List.of(), List.of("classifier.*")));
    FipException failure = assertThrows(FipException.class, () -> part.withClasses(5));
    assertTrue(failure.getMessage().contains("classifier.weight is not among"), failure.toString());
  }

  @Test
  void aSelectionOfNothingNamesWhatThereIs() {
    Network network = Network.initialize(TestNetworks.bert("gelu"), null, 1);
    FipException failure =
        assertThrows(
            FipException.class,
            () -> network.restrictedTo(TensorSelection.of(List.of("clasifier"), List.of())));
    assertTrue(failure.getMessage().contains("[clasifier]"), failure.toString());
    assertTrue(failure.getMessage().contains("word_embeddings"), failure.toString());
  }

  @Test
  void aShardedSetIsOneNetwork() throws IOException {
    Fixture fixture = Fixture.open("vit");
    Network whole = fixture.network();
    write(folder("shards"), "config.json", bytes(fixture.folder(), "config.json"));
    ObjectNode index = JSON.createObjectNode();
    ObjectNode map = index.putObject("weight_map");
    try (Checkpoint checkpoint = Checkpoint.open(fixture.folder())) {
      List<TensorInfo> all = checkpoint.tensors();
      for (int shard = 0; shard < 3; shard++) {
        String file = "model-0000" + (shard + 1) + "-of-00003.safetensors";
        SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt"));
        for (int i = shard * all.size() / 3; i < (shard + 1) * all.size() / 3; i++) {
          writer.copy(all.get(i), checkpoint);
          map.put(all.get(i).name(), file);
        }
        try (OutputStream out = folder("shards").create(file)) {
          writer.writeTo(out);
        }
      }
    }
    write(folder("shards"), Checkpoint.INDEX, JSON.writeValueAsBytes(index));
    Network read = Network.load(folder("shards"));
    assertArrayEquals(whole.weights(), read.weights());
    read.save(folder("one"));
    assertArrayEquals(bytes(fixture.folder(), WEIGHTS), bytes(folder("one"), WEIGHTS));
  }

  /** A checkpoint of 16-bit weights: what moves is written in 32 bits, the rest as it was. */
  @Test
  void halfPrecisionIsKeptWhereNothingMoves() throws IOException {
    Fixture fixture = Fixture.open("vit");
    ObjectNode config = (ObjectNode) JSON.readTree(bytes(fixture.folder(), "config.json"));
    config.put("dtype", "bfloat16");
    write(folder("half"), "config.json", JSON.writeValueAsBytes(config));
    SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt")).inLibraryOrder();
    Network full = fixture.network();
    for (WeightLayout.Slot slot : full.layout().slots()) {
      long[] shape = slot.parameter().shape().stream().mapToLong(Integer::longValue).toArray();
      writer.add(slot.parameter().name(), ElementType.BF16, shape, full.weights(), slot.offset());
    }
    try (OutputStream out = folder("half").create(WEIGHTS)) {
      writer.writeTo(out);
    }
    Network part =
        Network.load(folder("half"))
            .restrictedTo(TensorSelection.of(List.of("classifier.*"), List.of()));
    part.save(folder("moved"));
    Map<String, byte[]> before = tensors(folder("half"));
    tensors(folder("moved"))
        .forEach(
            (tensor, bytes) -> {
              if (tensor.startsWith("classifier")) {
                assertEquals(2 * before.get(tensor).length, bytes.length, tensor);
              } else {
                assertArrayEquals(before.get(tensor), bytes, tensor);
              }
            });
    assertEquals(
        "float32", JSON.readTree(bytes(folder("moved"), "config.json")).path("dtype").asText());
  }

  static Stream<String> realSizes() {
    return Stream.of(
        "{\"architectures\": [\"BertForSequenceClassification\"]}",
        "{\"architectures\": [\"DeiTForImageClassificationWithTeacher\"],"
            + " \"layer_norm_eps\": 1e-12}",
        "{\"architectures\": [\"ResNetForImageClassification\"]}");
  }

  /** BERT-base, DeiT-B and ResNet-50, which are the defaults of their classes. */
  @ParameterizedTest
  @MethodSource("realSizes")
  void realSizesAreWrittenReadAndRun(String config) throws IOException {
    int millions = config.contains("Bert") ? 109 : config.contains("DeiT") ? 85 : 23;
    Network.initialize(new NetworkConfig(JSON.readTree(config), "test"), null, 1)
        .save(folder("real"));
    Network network = Network.load(folder("real"));
    assertEquals(millions, network.weights().length / 1_000_000);
    try (NDManager manager = Torch.newManager(Device.cpu());
        NetworkProgram program =
            new NetworkProgram(network.graph(), network.layout(), Device.cpu(), List.of())) {
      NDArray w = upload(manager, network.weights());
      NDArray c = upload(manager, network.constants());
      List<NDArray> x = new ArrayList<>();
      for (Input input : network.graph().inputs()) {
        x.add(input(manager, input));
      }
      NDArray v = upload(manager, network.weights());
      try (Linearization kept = program.linearize(manager.newSubManager(), w, c, x)) {
        double[] jv = Program.doubles(kept.jv(manager, v));
        NDArray gv = kept.metricProduct(manager, Metric.EUCLIDEAN, v).get(0);
        double vGv = gv.mul(v).sum().getFloat();
        double squared = Arrays.stream(jv).map(d -> d * d).sum();
        assertEquals(squared, vGv, 1e-4 * squared, "|J v|^2 against v^T G v");
      }
    }
  }

  private static NDArray upload(NDManager manager, float[] values) {
    float[] some = values.length == 0 ? new float[1] : values;
    return Program.upload(manager, some, Precision.FLOAT32, new Shape(some.length));
  }

  private static NDArray input(NDManager manager, Input input) {
    int side = input.whole() ? 12 : 64;
    long[] shape =
        Stream.concat(Stream.of(1), input.shape().stream().map(s -> s == Value.ANY ? side : s))
            .mapToLong(Integer::longValue)
            .toArray();
    int size = (int) new Shape(shape).size();
    if (!input.whole()) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = (float) Math.sin(i);
      }
      return Program.upload(manager, values, Precision.FLOAT32, new Shape(shape));
    }
    int[] values = new int[size];
    for (int i = 0; i < size; i++) {
      values[i] = input.kind() == Input.Kind.MASK ? 1 : i % input.limit();
    }
    return Program.upload(manager, values, new Shape(shape));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "position_embedding_type=relative_key",
        "is_decoder=true",
        "hidden_act=softplus",
        "num_attention_heads=4",
        "layer_norm_eps=-1",
        "hidden_size=big"
      })
  void unsupportedValuesAreRefusedByName(String setting) {
    String[] parts = setting.split("=", -1);
    ObjectNode config = TestNetworks.bert("gelu").json();
    if (parts[1].matches("-?[0-9]+")) {
      config.put(parts[0], Integer.parseInt(parts[1]));
    } else if (parts[1].equals("true")) {
      config.put(parts[0], true);
    } else {
      config.put(parts[0], parts[1]);
    }
    write(config);
    FipException failure = assertThrows(FipException.class, () -> Network.load(folder("wrong")));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains(parts[0]), failure.getMessage());
    assertTrue(failure.getMessage().contains(parts[1]), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
  }

  private void write(ObjectNode config) {
    try {
      write(folder("wrong"), "config.json", config.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
