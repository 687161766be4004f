package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.data.EncodedExamples;
import org.fip.core.network.Network;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user types them, one after the other on one path. */
class CommandsIT {
  private static final String LABELS = "0,1,2,3,4";

  @TempDir static Path folder;
  private static Path store;
  private static JsonNode trained;

  @BeforeAll
  static void train() throws IOException {
    Digits.network().save(new LocalFolder(folder.resolve("net")));
    Path recipe =
        Files.writeString(
            folder.resolve("train.yaml"),
            """
            tasks:
              - {name: digits, train: {path: "builtin:digits", labels: [%1$s]}}
            evaluate:
              digits: {path: "builtin:digits", split: test, labels: [%1$s]}
            path: {steps: 100, batch: 64, checkpointEvery: 50}
            """
                .formatted(LABELS));
    store = folder.resolve("store");
    trained =
        json(
            "train",
            recipe.toString(),
            "--set",
            "network=" + folder.resolve("net"),
            "--set",
            "output=" + store);
  }

  @Test
  void trainReportsWhatEveryPathReports() {
    assertTrue(trained.get("store").asText().endsWith(store.toString()), trained.toString());
    assertEquals(100, trained.get("steps").asInt());
    for (String key :
        List.of(
            "/seconds",
            "/drift",
            "/length/weights",
            "/length/outputs",
            "/evaluation/digits/start/accuracy",
            "/evaluation/digits/end/accuracy")) {
      assertTrue(trained.at(key).isNumber(), key + " in " + trained);
    }
    assertTrue(trained.at("/evaluation/digits/end/accuracy").asDouble() > 0.9, trained.toString());
  }

  @Test
  void evaluateFindsTheAccuracyThatTrainingReported() {
    JsonNode evaluated = evaluate(trained.get("network").asText());
    JsonNode end = trained.at("/evaluation/digits/end");
    assertEquals(end.get("accuracy").asDouble(), evaluated.get("accuracy").asDouble());
    assertEquals(end.get("examples").asInt(), evaluated.get("examples").asInt());
    assertEquals(end.get("loss").asDouble(), evaluated.get("loss").asDouble(), 1e-5);
  }

  @Test
  void exportWritesAWaypointBitForBit() throws IOException {
    Path out = folder.resolve("exported");
    JsonNode exported =
        json("export", "--store", store.toString(), "--step", "50", "--out", out.toString());
    assertEquals(50, exported.get("at").asDouble());
    assertEquals(-1, Files.mismatch(model(store.resolve("waypoints/000050")), model(out)));
    assertTrue(Files.readString(out.resolve("README.md")).startsWith("---\n"), "no model card");
  }

  @Test
  void exportBetweenWaypointsIsAsFarFromBoth() {
    Path out = folder.resolve("between");
    json("export", "--store", store.toString(), "--at", "25", "--out", out.toString());
    PathStore path =
        PathStore.open(new Configuration(), new org.apache.hadoop.fs.Path(store.toUri()));
    float[] before = path.read(0).state().weights();
    float[] after = path.read(50).state().weights();
    float[] between = Network.load(new LocalFolder(out)).weights();
    for (int i = 0; i < between.length; i++) {
      assertEquals((float) (0.5 * before[i] + 0.5 * after[i]), between[i]);
    }
  }

  @Test
  void spectrumReportsWhatToolsReadOfIt() {
    JsonNode spectrum =
        json(
            "spectrum",
            "--network",
            trained.get("network").asText(),
            "--data",
            "builtin:digits",
            "--limit",
            "50",
            "--top",
            "5");
    assertEquals(5, spectrum.get("eigenvalues").size());
    assertEquals(50, spectrum.get("examples").asInt());
    for (String key : List.of("trace", "traceStandardError", "effectiveRank", "parameters")) {
      assertTrue(spectrum.get(key).isNumber(), key + " in " + spectrum);
    }
  }

  @Test
  void linearizeAgreesWithRecordedProducts() throws IOException {
    Path fixture = Files.createDirectory(folder.resolve("fixture"));
    for (String name : List.of("config.json", "model.safetensors", "reference.safetensors")) {
      try (InputStream in = CommandsIT.class.getResourceAsStream("/fixtures/lenet300/" + name)) {
        Files.copy(in, fixture.resolve(name));
      }
    }
    JsonNode written =
        json(
            "linearize",
            "--network",
            fixture.toString(),
            "--inputs",
            fixture.resolve("reference.safetensors").toString(),
            "--out",
            fixture.resolve("out.safetensors").toString(),
            "--precision",
            "float64");
    assertTrue(written.get("tensors").toString().contains("eigvals_top10"), written.toString());
    try (SafetensorsReader expected = open(fixture, "reference.safetensors");
        SafetensorsReader actual = open(fixture, "out.safetensors")) {
      for (String name :
          List.of("logits", "Jv", "JTu", "Gv", "vGv", "Fv", "vFv", "loss", "grad", "trace_G")) {
        double[] reference = expected.readDoubles(expected.find(name).orElseThrow());
        double[] result = actual.readDoubles(actual.find(name).orElseThrow());
        double distance = relativeDistance(reference, result);
        assertTrue(distance < 1e-9, name + " differs by " + distance);
      }
    }
  }

  private static double relativeDistance(double[] reference, double[] result) {
    assertEquals(reference.length, result.length);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < result.length; i++) {
      difference += (result[i] - reference[i]) * (result[i] - reference[i]);
      norm += reference[i] * reference[i];
    }
    return Math.sqrt(difference / norm);
  }

  @Test
  void pathsListsShowsAndVerifies() {
    JsonNode listed = json("paths", "list", folder.toString());
    assertEquals(1, listed.get("stores").size(), listed.toString());
    assertEquals(100, listed.at("/stores/0/lastStep").asInt());
    assertTrue(listed.at("/stores/0/network").asBoolean());
    JsonNode shown = json("paths", "show", store.toString());
    assertEquals(3, shown.get("waypoints").size());
    assertEquals(100, shown.at("/recipe/path/steps").asInt());
    assertTrue(shown.at("/provenance/engine").asText().startsWith("PyTorch "), shown.toString());
    assertEquals(
        trained.at("/evaluation/digits/end/accuracy").asDouble(),
        shown.at("/waypoints/2/evaluation/digits/accuracy").asDouble());
    JsonNode verified = json("paths", "verify", store.toString());
    assertEquals(0, verified.get("damaged").asInt());
    assertEquals(5, verified.get("folders").size(), verified.toString());
  }

  @Test
  void doctorFindsNothingWrong() {
    JsonNode checked = json("doctor", "--path", folder.toString());
    assertTrue(checked.get("ok").asBoolean(), checked.toString());
    assertFalse(checked.get("checks").isEmpty());
    for (JsonNode check : checked.get("checks")) {
      for (String key : List.of("name", "status", "detail", "advice")) {
        assertTrue(check.get(key).isTextual(), check.toString());
      }
    }
  }

  @Test
  void failuresOfTheLauncherAreDocumentsToo() {
    Finish usage = run("adapt", "--conf", "path.steps=\"3\"", "--json");
    assertEquals(64, usage.exitCode());
    assertEquals("usage", usage.json().at("/error/category").asText());
    assertEquals(64, usage.json().at("/error/exitCode").asInt());
    assertTrue(usage.json().at("/error/message").asText().contains("path.steps=\"3\""));
    Finish absent = run("doctor", "--properties-file", folder + "/absent.conf", "--json");
    assertEquals(66, absent.exitCode());
    assertEquals("not-found", absent.json().at("/error/category").asText());
    assertEquals("", run("doctor", "--properties-file", folder + "/absent.conf").out());
  }

  @Test
  void failuresEndWithTheirExitCodeAndOneLine() {
    run("evaluate", "--network", store.toString()).assertFails(64, "--data");
    run("adapt", "--set", "output=" + folder.resolve("none"), "--set", "path.stepz=3")
        .assertFails(65, "path.stepz");
    Finish absent = run("paths", "show", folder.resolve("absent").toString(), "--json");
    absent.assertFails(66, "absent: there is no path store here");
    assertEquals("not-found", absent.json().at("/error/category").asText());
    String net = folder.resolve("net").toString();
    String[] evaluate = {"evaluate", "--network", net, "--data", "builtin:digits"};
    run(evaluate, "--labels", LABELS, "--master", "local[none]").assertFails(78, "local[none]");
    Finish unknown = run(evaluate, "--master", "nonsense");
    assertEquals(78, unknown.exitCode(), unknown.err());
    assertEquals(1, unknown.err().lines().count(), unknown.err());
    assertFalse(Files.exists(folder.resolve("none")));
  }

  @Test
  void importedImagesTrainANetwork(@TempDir Path own) throws IOException {
    Path images = own.resolve("images");
    EncodedExamples digits =
        DataSets.read(
            DataSelector.of("builtin:digits", "train").withLabels(List.of(0, 1)),
            new Configuration());
    for (int i = 0; i < digits.size(); i++) {
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
      image.getRaster().setDataElements(0, 0, 8, 8, digits.payload(i));
      Path name = images.resolve(digits.labels()[i] == 0 ? "zero" : "one");
      Files.createDirectories(name);
      ImageIO.write(image, "png", name.resolve(i + ".png").toFile());
    }
    String data = own.resolve("data").toString();
    JsonNode imported = json("import", images.toString(), "--out", data, "--test-fraction", "0.2");
    assertEquals("[\"one\",\"zero\"]", imported.get("classes").toString());
    assertEquals(
        digits.size(),
        imported.at("/examples/train").asInt() + imported.at("/examples/test").asInt());
    Path recipe =
        Files.writeString(
            own.resolve("imported.yaml"),
            """
            network: %s
            output: %s
            tasks:
              - {name: digits, train: {path: %s}}
            path: {steps: 50, batch: 32, checkpointEvery: 50}
            """
                .formatted(folder.resolve("net"), own.resolve("imported"), data));
    String network = json("train", recipe.toString()).get("network").asText();
    JsonNode evaluated = json("evaluate", "--network", network, "--data", data);
    assertEquals(imported.at("/examples/test"), evaluated.get("examples"));
    assertTrue(evaluated.get("accuracy").asDouble() > 0.9, evaluated.toString());
  }

  private static JsonNode evaluate(String network) {
    return json("evaluate", "--network", network, "--data", "builtin:digits", "--labels", LABELS);
  }

  private static JsonNode json(String... arguments) {
    return run(arguments, "--json").ok().json();
  }

  private static Finish run(String[] arguments, String... more) {
    return run(Stream.of(arguments, more).flatMap(Arrays::stream).toArray(String[]::new));
  }

  private static Finish run(String... arguments) {
    return Launch.fip(arguments).finish();
  }

  private static Path model(Path network) {
    return network.resolve("model.safetensors");
  }

  private static SafetensorsReader open(Path folder, String name) throws IOException {
    return SafetensorsReader.open(new LocalFolder(folder).openRandom(name), name);
  }
}
