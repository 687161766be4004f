package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Examples;
import org.fip.core.engine.Precision;
import org.fip.core.geometry.PointProducts;
import org.fip.core.network.InputDecoder;
import org.fip.core.network.Network;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpectrumCommandTest {
  private static final int EXAMPLES = 20;
  private static final String VECTORS = "vectors.safetensors";

  @TempDir private Path folder;
  private final Network random = SampleNetwork.random();
  private Path network;

  @BeforeEach
  void writeNetwork() throws IOException {
    network = SampleNetwork.save(random, folder.resolve("net"));
  }

  private CommandLineRun spectrum(String... more) {
    String[] start = {
      "spectrum",
      "--network",
      network.toString(),
      "--data",
      "builtin:digits",
      "--limit",
      String.valueOf(EXAMPLES)
    };
    return CommandLineRun.of(start, more);
  }

  /** The products of the same examples in double precision, with a dense Gram matrix. */
  private PointProducts dense(Network of, String data, int count) throws IOException {
    EncodedExamples encoded =
        DataSets.read(
            new DataSelector(data, DataSelector.TRAIN, null, 0, count, 0),
            new Configuration(false));
    Examples examples;
    try (InputDecoder decoder = of.definition().decoder(of.graph())) {
      examples = decoder.decode(encoded);
    }
    Examples.Input input = examples.inputs().get(0);
    long[] shape = new long[input.shape().size() + 1];
    shape[0] = count;
    for (int i = 1; i < shape.length; i++) {
      shape[i] = input.shape().get(i - 1);
    }
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    writer.add("pixel_values", ElementType.F32, shape, input.floats(), 0);
    try (OutputStream out = Files.newOutputStream(folder.resolve("in.safetensors"))) {
      writer.writeTo(out);
    }
    try (SafetensorsReader inputs = open("in.safetensors")) {
      return PointProducts.compute(of, inputs, Precision.FLOAT64, 1);
    }
  }

  private SafetensorsReader open(String name) throws IOException {
    return SafetensorsReader.open(new LocalFolder(folder).openRandom(name), name);
  }

  @Test
  void agreesWithADenseGramMatrix() throws IOException {
    CommandLineRun run = spectrum("--json");
    run.assertOk();
    JsonNode json = run.json();
    assertAgrees(dense(random, "builtin:digits", EXAMPLES), json);
    assertEquals(EXAMPLES, json.get("examples").asInt());
    assertEquals(random.weights().length, json.get("parameters").asInt());
    assertEquals("euclidean", json.get("metric").asText());
    assertTrue(json.get("converged").asBoolean());
    assertEquals(3, json.get("layers").size());
    assertEquals("fc1", json.at("/layers/0/name").asText());
    assertEquals(64 * 5 + 5, json.at("/layers/0/parameters").asInt());
    // One round for each product and for each of the ten refined eigenvalues.
    assertEquals(json.get("products").asInt() + 10, json.get("rounds").asInt());
    assertEquals(
        4L * random.weights().length * json.get("products").asInt(),
        json.at("/bytes/reduced").asLong());
  }

  private static void assertAgrees(PointProducts dense, JsonNode json) {
    double[] expected = dense.values("eigvals_top10");
    assertEquals(10, json.get("eigenvalues").size());
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double actual = json.get("eigenvalues").get(i).asDouble();
      worst = Math.max(worst, Math.abs(actual - expected[i]) / expected[i]);
      double residual = json.get("residuals").get(i).asDouble() / expected[0];
      assertTrue(residual < 2e-6, "residual " + i + ": " + residual);
    }
    double trace = dense.values("trace_G")[0];
    double error = json.get("traceStandardError").asDouble();
    double z = (json.get("trace").asDouble() - trace) / error;
    System.out.printf(
        Locale.ROOT, "eigenvalues %.1e, trace %.2f errors of %.1e%n", worst, z, error / trace);
    assertTrue(worst < 2e-6, "relative error of an eigenvalue: " + worst);
    assertTrue(error < 0.02 * trace, "standard error " + error + " of " + trace);
    assertTrue(Math.abs(z) < 4, "the trace is off by " + z + " standard errors");
  }

  @Test
  void agreesWithADenseGramMatrixOfATrainedNetwork() throws IOException {
    Path shared = Path.of(System.getProperty("fip.shared", "shared"), "data").normalize();
    Path trained = shared.resolve("models/lenet300100_dense_mnist");
    boolean present = Files.isDirectory(trained);
    System.out.println(present ? "Reading " + trained : "Skipped: no network in " + trained);
    assumeTrue(present, "no network in " + trained);
    String data = shared.resolve("mnist").toString();
    CommandLineRun run =
        CommandLineRun.of(
            "spectrum", "--network", trained.toString(), "--data", data, "--limit", "40", "--json");
    run.assertOk();
    Network of = Network.load(new LocalFolder(trained));
    assertAgrees(dense(of, data, 40), run.json());
  }

  @Test
  void twoRunsPrintEqualBits() {
    ObjectNode first = (ObjectNode) spectrum("--json", "--metric", "Fisher").json();
    ObjectNode second = (ObjectNode) spectrum("--json", "--metric", "fisher").json();
    assertEquals("fisher", first.get("metric").asText());
    first.remove("seconds");
    second.remove("seconds");
    assertEquals(first, second);
    ObjectNode other = (ObjectNode) spectrum("--json", "--seed", "1").json();
    assertFalse(first.get("trace").equals(other.get("trace")));
  }

  /** Without weights only the last biases move the outputs: G is 1 there and 0 elsewhere. */
  @Test
  void findsAllCopiesOfOneEigenvalue() throws IOException {
    SampleNetwork.save(random.withWeights(new float[random.weights().length]), network);
    CommandLineRun run = spectrum("--json", "--top", "12");
    run.assertOk();
    JsonNode json = run.json();
    assertEquals(10, json.get("eigenvalues").size());
    json.get("eigenvalues").forEach(value -> assertEquals(1, value.asDouble(), 1e-6));
    assertTrue(json.get("complete").asBoolean());
    assertEquals(10, json.get("trace").asDouble(), 1e-5);
    assertEquals(10, json.get("effectiveRank").asDouble(), 1e-4);
    assertTrue(json.at("/thresholdShare/exact").asBoolean());
    assertEquals(10, json.at("/thresholdShare/aboveAtMost").asInt());
    assertEquals(
        1 - 10.0 / random.weights().length,
        json.at("/thresholdShare/shareBelowAtLeast").asDouble(),
        1e-12);
    assertEquals("fc3.bias", json.at("/tensors/4/name").asText());
    assertEquals(1, json.at("/tensors/4/share").asDouble(), 1e-5);
  }

  @Test
  void printsTables() {
    CommandLineRun run = spectrum("--top", "3");
    run.assertOk();
    String text = run.out();
    assertTrue(text.startsWith("metric tensor (euclidean) of "), text);
    assertTrue(text.contains("\ntrace  "), text);
    assertTrue(text.contains("at least 3, at most "), text);
    assertTrue(text.matches("(?s).*\n3  .*\n\nlayer  .*\nfc3 .*"), text);
    assertTrue(text.matches("(?s).* rounds, .* MB out, .* MB back, .* s\n"), text);
  }

  @Test
  void writesEigenvectors() throws IOException {
    CommandLineRun run =
        spectrum("--top", "2", "--vectors", folder.resolve(VECTORS).toString(), "--json");
    run.assertOk();
    assertEquals("file:" + folder.resolve(VECTORS), run.json().get("vectors").asText());
    try (SafetensorsReader written = open(VECTORS)) {
      assertEquals(3, written.tensors().size());
      double[] values = written.readDoubles(written.get("eigenvalues"));
      assertArrayEquals(
          new double[] {
            run.json().at("/eigenvalues/0").asDouble(), run.json().at("/eigenvalues/1").asDouble()
          },
          values);
      assertEquals(random.weights().length, written.get("eigenvector.1").dimensions()[0]);
      assertTrue(written.metadata().get("tensors").contains("\"fc1.bias\""));
    }
  }

  @Test
  void takesInputsAsTheyAre() throws IOException {
    double[] expected = dense(random, "builtin:digits", EXAMPLES).values("eigvals_top10");
    String[] start = {
      "spectrum",
      "--network",
      network.toString(),
      "--inputs",
      folder.resolve("in.safetensors").toString()
    };
    CommandLineRun run =
        CommandLineRun.of(start, "--vectors", folder.resolve(VECTORS).toString(), "--json");
    run.assertOk();
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], run.json().at("/eigenvalues/" + i).asDouble(), 1e-4 * expected[i]);
    }
    assertFalse(run.json().has("data"));
    try (SafetensorsReader vectors = open(VECTORS)) {
      assertEquals(start[4], vectors.metadata().get("inputs"));
    }
    CommandLineRun limited = CommandLineRun.of(start, "--limit", "3");
    assertEquals(64, limited.exitCode());
    assertTrue(limited.err().contains("--inputs are taken as they are"), limited.err());
    CommandLineRun both = CommandLineRun.of(start, "--data", "builtin:digits");
    assertEquals(64, both.exitCode());
  }

  @Test
  void figuresAreReportedAlsoWhenVectorsCannotBeWritten() throws IOException {
    Files.writeString(folder.resolve("file"), "not a folder");
    CommandLineRun run = spectrum("--vectors", folder.resolve("file/v").toString(), "--json");
    assertEquals(74, run.exitCode(), run.err());
    assertEquals(10, run.json().get("eigenvalues").size());
    assertEquals(74, run.json().at("/error/exitCode").asInt());
  }

  @Test
  void refusesWrongOptions() {
    assertUsage("--top", "0", "0 is not 1 to 500");
    assertUsage("--top", "501", "501 is not 1 to 500");
    assertUsage("--probes", "1", "1 is not 2 or more, for a standard error");
    assertUsage("--tolerance", "0", "0.0 is not 1.0E-7 to 1");
    assertUsage("--tolerance", "NaN", "NaN is not 1.0E-7 to 1");
    assertUsage("--threshold", "2", "2.0 is not 1.0E-6 to 1");
    assertUsage("--limit", "0", "0 is not 1 or more");
    assertUsage("--split", "all", "all is not train or test");
    assertEquals(64, spectrum("--metric", "taxicab").exitCode());
  }

  private void assertUsage(String option, String value, String what) {
    CommandLineRun.of("spectrum", "--network", "n", "--data", "builtin:digits", option, value)
        .assertFails(
            64,
            "invalid value for option '"
                + option
                + "': "
                + what
                + "; 'fip spectrum --help' shows how");
  }
}
