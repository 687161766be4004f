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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.fip.core.FipException;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.network.Network;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.safetensors.TensorInfo;
import org.fip.core.safetensors.TensorSource;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every product against values that PyTorch computed in float64. */
class PointProductsTest {
  private static final List<String> KEYS =
      List.of(
          "logits",
          "Jv",
          "JTu",
          "Gv",
          "vGv",
          "Fv",
          "vFv",
          "loss",
          "grad",
          "eigvals_top10",
          "trace_G",
          "logits_w_plus_0.01v",
          "KL",
          "KL_0.1",
          "KL_1.0");

  private static final List<String> COMMITTED =
      List.of(
          "lenet300",
          "lenet5",
          "bert-legacy-keys",
          "vit",
          "deit-teacher",
          "resnet20",
          "resnet18-hf");

  @TempDir private Path folder;

  /** What the checkout holds, and what the shared folder has beyond that. */
  static Stream<String> fixtures() {
    return Stream.concat(COMMITTED.stream(), Fixture.sharedNames().stream()).distinct();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void agreesWithTheReference(String name) {
    Fixture fixture = Fixture.open(name);
    Network network = fixture.network();
    Map<String, double[]> errors = new LinkedHashMap<>();
    try (TensorSource reference = fixture.reference()) {
      PointProducts narrow = PointProducts.compute(network, reference, Precision.FLOAT32, 1);
      PointProducts wide = PointProducts.compute(network, reference, Precision.FLOAT64, 1);
      List<String> keys = new ArrayList<>(KEYS);
      keys.addAll(network.graph().outputs());
      for (String key : keys) {
        double[] expected = reference.readDoubles(reference.get(key));
        errors.put(
            key,
            new double[] {
              Fixture.error(key, expected, narrow.values(key)),
              fixture.float32Floor(key),
              Fixture.error(key, expected, wide.values(key))
            });
      }
    }
    print(name, errors);
    errors.forEach(
        (key, error) -> {
          assertTrue(error[0] <= 10 * error[1], key + " in float32: " + error[0]);
          assertTrue(error[2] <= 1e-9, key + " in float64: " + error[2]);
        });
  }

  private static void print(String name, Map<String, double[]> errors) {
    System.out.printf("%-20s %9s %9s %9s%n", name, "float32", "floor", "float64");
    errors.forEach(
        (key, error) ->
            System.out.printf(
                Locale.ROOT, "  %-18s %9.1e %9.1e %9.1e%n", key, error[0], error[1], error[2]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet300", "lenet5"})
  void shardsDoNotMatter(String name) {
    Fixture fixture = Fixture.open(name);
    try (TensorSource reference = fixture.reference()) {
      Network network = fixture.network();
      PointProducts whole = PointProducts.compute(network, reference, Precision.FLOAT32, 1);
      for (int shards : new int[] {3, 8}) {
        PointProducts parts = PointProducts.compute(network, reference, Precision.FLOAT32, shards);
        assertEquals(whole.names(), parts.names());
        for (String key : KEYS) {
          double error = Fixture.error(key, whole.values(key), parts.values(key));
          // Divergences at small steps are differences of nearly equal outputs.
          double allowed = Math.max(1e-6, 2 * fixture.float32Floor(key));
          assertTrue(error <= allowed, key + " with " + shards + " shards: " + error);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet300", "lenet5"})
  void samplersUseTheSameGradient(String name) {
    Fixture fixture = Fixture.open(name);
    Network network = fixture.network();
    OutputFunction loss = new ScriptedLoss();
    try (TensorSource reference = fixture.reference();
        NDManager manager = Torch.newManager(Device.cpu());
        NetworkProgram program =
            new NetworkProgram(network.graph(), network.layout(), Device.cpu(), List.of(loss))) {
      PointInputs inputs = new PointInputs(network, reference);
      int n = inputs.examples();
      float[] weights = network.weights();
      NDArray w = Program.upload(manager, weights, Precision.FLOAT64, new Shape(weights.length));
      NDArray none = Program.upload(manager, new float[0], Precision.FLOAT64, new Shape(0));
      NDArray scale =
          Program.upload(manager, new double[] {1d / n}, Precision.FLOAT64, new Shape());
      NDArray sum = manager.zeros(w.getShape(), Precision.FLOAT64.type());
      NDArray value =
          program.addGradient(
              manager,
              loss,
              w,
              none,
              inputs.upload(manager, Precision.FLOAT64, 0, n),
              Program.upload(manager, inputs.labels(), new Shape(n)),
              scale,
              sum);
      double[] expected = reference.readDoubles(reference.get("grad"));
      assertTrue(Fixture.error("grad", expected, Program.doubles(sum)) < 1e-12);
      assertEquals(
          reference.readDoubles(reference.get("loss"))[0], Program.doubles(value)[0] / n, 1e-12);
    }
  }

  @Test
  void writesAFileThatHoldsEveryProduct() throws IOException {
    Fixture fixture = Fixture.open("lenet300");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PointProducts products;
    try (TensorSource reference = fixture.reference()) {
      products = PointProducts.compute(fixture.network(), reference, Precision.FLOAT32, 1);
      products.writeTo(bytes);
      Files.write(folder.resolve("out.safetensors"), bytes.toByteArray());
      try (TensorSource written = open("out.safetensors")) {
        for (String key : KEYS) {
          TensorInfo tensor = written.get(key);
          assertEquals(reference.get(key).shape(), tensor.shape(), key);
          assertEquals(ElementType.F64, tensor.type());
          assertArrayEquals(products.values(key), written.readDoubles(tensor));
        }
      }
    }
  }

  @Test
  void leavesOutWhatLacksItsTensor() throws IOException {
    PointProducts products = compute(writer -> {});
    assertEquals(List.of("logits", "eigvals_top10", "trace_G"), products.names());
    assertFalse(products.names().contains("loss"));
  }

  @Test
  void refusesADirectionOfAnotherLength() {
    assertRefused(
        writer -> writer.add("v", ElementType.F64, new long[] {3}, new double[3]),
        "tensor 'v' has shape [3], expected [50610]");
  }

  @Test
  void refusesCotangentsOfAnotherShape() {
    assertRefused(
        writer -> writer.add("u", ElementType.F64, new long[] {2, 9}, new double[18]),
        "tensor 'u' has shape [2, 9], expected [2, 10]");
  }

  @Test
  void refusesValuesThatAreNotFinite() {
    double[] u = new double[20];
    u[7] = Double.NaN;
    assertRefused(
        writer -> writer.add("u", ElementType.F64, new long[] {2, 10}, u),
        "tensor 'u' holds NaN at element 7");
  }

  @Test
  void refusesAClassThatTheNetworkDoesNotHave() {
    assertRefused(
        writer -> writer.add("labels", ElementType.I64, new long[] {2}, new long[] {0, 10}),
        "'labels' holds 10 at row 1; the network has classes 0 to 9");
  }

  @Test
  void refusesInputsOfAnotherShape() {
    assertRefused(
        2,
        7,
        writer -> {},
        "tensor 'pixel_values' has shape [2, 1, 8, 7], expected 2 examples of shape [1, 8, 8]");
  }

  @Test
  void refusesMoreExamplesThanTheGramMatrixHolds() {
    assertRefused(410, 8, writer -> {}, "side 4100, more than 4096; give at most 409 examples");
  }

  private String refusalOfText(long id, int length, Consumer<SafetensorsWriter> more)
      throws IOException {
    long[] ids = new long[2 * length];
    ids[1] = id;
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    writer.add("input_ids", ElementType.I64, new long[] {2, length}, ids);
    more.accept(writer);
    write(writer);
    Network network = Fixture.open("bert-legacy-keys").network();
    try (TensorSource source = open("in.safetensors")) {
      FipException e =
          assertThrows(
              FipException.class,
              () -> PointProducts.compute(network, source, Precision.FLOAT32, 1));
      assertEquals(FipException.Category.DATA, e.category());
      assertEquals(1, e.getMessage().lines().count());
      return e.getMessage();
    }
  }

  @Test
  void refusesTextsThatTheNetworkDoesNotTake() throws IOException {
    String known = refusalOfText(61, 4, writer -> {});
    assertTrue(known.contains("holds 61 at element 1; the network takes 0 to 60"), known);
    String negative = refusalOfText(-1, 4, writer -> {});
    assertTrue(negative.contains("holds -1 at element 1; the network takes 0 to 60"), negative);
    String length = refusalOfText(1, 13, writer -> {});
    assertTrue(length.contains("expected 2 examples of shape [up to 12]"), length);
    String mask =
        refusalOfText(
            1,
            4,
            writer ->
                writer.add(
                    "attention_mask",
                    ElementType.I64,
                    new long[] {2, 4},
                    new long[] {1, 1, 2, 0, 1, 1, 1, 1}));
    assertTrue(mask.contains("holds 2 at element 2; the network takes 0 to 1"), mask);
    String lengths =
        refusalOfText(
            1,
            4,
            writer ->
                writer.add("attention_mask", ElementType.I64, new long[] {2, 3}, new long[6]));
    assertTrue(lengths.contains("have different lengths"), lengths);
    String type =
        refusalOfText(
            1,
            4,
            writer ->
                writer.add("token_type_ids", ElementType.F32, new long[] {2, 4}, new double[8]));
    assertTrue(type.contains("expected whole numbers"), type);
  }

  /** Without mask and segments a text counts as a whole and as one. */
  @Test
  void missingMaskAndSegmentsAreThoseOfOneWholeText() throws IOException {
    Network network = Fixture.open("bert-legacy-keys").network();
    double[][] logits = new double[2][];
    for (int given = 0; given < 2; given++) {
      SafetensorsWriter writer = new SafetensorsWriter(Map.of());
      writer.add("input_ids", ElementType.I64, new long[] {1, 3}, new long[] {5, 60, 7});
      if (given == 1) {
        writer.add("attention_mask", ElementType.I64, new long[] {1, 3}, new long[] {1, 1, 1});
        writer.add("token_type_ids", ElementType.I64, new long[] {1, 3}, new long[3]);
      }
      write(writer);
      try (TensorSource source = open("in.safetensors")) {
        logits[given] =
            PointProducts.compute(network, source, Precision.FLOAT64, 1).values("logits");
      }
    }
    assertArrayEquals(logits[1], logits[0]);
  }

  @Test
  void namesTheInputThatIsMissing() throws IOException {
    write(new SafetensorsWriter(Map.of()));
    Network network = Fixture.open("lenet300").network();
    try (TensorSource source = open("in.safetensors")) {
      FipException e =
          assertThrows(
              FipException.class,
              () -> PointProducts.compute(network, source, Precision.FLOAT32, 1));
      assertEquals(FipException.Category.DATA, e.category());
      assertTrue(e.getMessage().contains("'pixel_values' is missing"), e.getMessage());
    }
  }

  private void assertRefused(Consumer<SafetensorsWriter> more, String message) {
    assertRefused(2, 8, more, message);
  }

  private void assertRefused(
      int examples, int width, Consumer<SafetensorsWriter> more, String message) {
    FipException e = assertThrows(FipException.class, () -> compute(examples, width, more));
    assertEquals(FipException.Category.DATA, e.category());
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  private PointProducts compute(Consumer<SafetensorsWriter> more) throws IOException {
    return compute(2, 8, more);
  }

  private PointProducts compute(int examples, int width, Consumer<SafetensorsWriter> more)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    double[] pixels = new double[examples * 8 * width];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i % 13) / 8d;
    }
    writer.add("pixel_values", ElementType.F64, new long[] {examples, 1, 8, width}, pixels);
    more.accept(writer);
    write(writer);
    Network network = Fixture.open("lenet300").network();
    try (TensorSource source = open("in.safetensors")) {
      return PointProducts.compute(network, source, Precision.FLOAT32, 1);
    }
  }

  private void write(SafetensorsWriter writer) throws IOException {
    try (var out = Files.newOutputStream(folder.resolve("in.safetensors"))) {
      writer.writeTo(out);
    }
  }

  private TensorSource open(String name) throws IOException {
    return SafetensorsReader.open(new LocalFolder(folder).openRandom(name), name);
  }

  /** Cross-entropy as a caller of the geometry would define it. */
  private record ScriptedLoss() implements OutputFunction {
    @Override
    public String id() {
      return "loss";
    }

    @Override
    public String script() {
      return "l = torch.cross_entropy_loss(y, t, None, 2, -100, 0.)";
    }
  }
}
