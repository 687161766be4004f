package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.manifold.Evaluation;
import org.fip.core.network.Network;
import org.fip.core.network.WeightLayout;
import org.fip.core.path.Measurement;
import org.fip.core.path.PathState;
import org.fip.core.path.Waypoint;
import org.fip.core.safetensors.FlatTensor;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.store.PathDescription;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StatusFile;
import org.fip.spark.store.Walker;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that read path stores, on a path of two waypoints at steps 100 and 300. */
class StoredPathTest {
  @TempDir private Path folder;
  private Path store;
  private Network start;

  @BeforeEach
  void writeStore() {
    store = folder.resolve("paths/sample");
    start = SampleNetwork.random();
    write(start, start);
  }

  /** A path whose waypoint of step s has the weights w (1 + s). */
  private void write(Network written, Network walked) {
    ObjectNode recipe = JsonNodeFactory.instance.objectNode().put("network", "``` # digits");
    PathStore created =
        PathStore.createOrResume(
            new Configuration(false),
            new org.apache.hadoop.fs.Path(store.toString()),
            new PathDescription(recipe, Map.of("version", "0.1|<b>")),
            key -> false);
    created.writeStart(written::save);
    PathStore open =
        created.forTensors(
            walked.layout().slots().stream().map(StoredPathTest::flatTensor).toList());
    for (long step : List.of(100L, 300L)) {
      open.commit(
          new Waypoint(
              new PathState(step, weights(walked, step)),
              List.of(new Measurement(step, 1, 0.25, 0, 0, 2, 3, 4, 5, 6, 7)),
              Map.of("digits", new Evaluation(step / 400.0, 0.5, 355))));
    }
  }

  static FlatTensor flatTensor(WeightLayout.Slot slot) {
    return new FlatTensor(
        slot.parameter().name(),
        slot.parameter().shape().stream().map(Integer::longValue).toList(),
        slot.offset(),
        slot.parameter().size());
  }

  private static float[] weights(Network network, long step) {
    float[] weights = network.weights().clone();
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= (float) (1 + step);
    }
    return weights;
  }

  @Test
  void listFindsStoresBelowTheFolder() throws IOException {
    Files.createDirectories(folder.resolve("paths/empty"));
    CommandLineRun run = CommandLineRun.of("paths", "list", folder.toString(), "--json");
    run.assertOk();
    assertEquals(1, run.json().get("stores").size());
    JsonNode entry = run.json().at("/stores/0");
    assertEquals("file:" + store, entry.get("store").asText());
    assertEquals(2, entry.get("waypoints").asInt());
    assertEquals(300, entry.get("lastStep").asInt());
    assertTrue(CommandLineRun.of("paths", "list", store.toString()).out().contains("300"));
    assertEquals(
        "no path stores in file:" + folder.resolve("paths/empty") + "\n",
        CommandLineRun.of("paths", "list", folder + "/paths/empty").out());
  }

  @Test
  void listFindsTheBaselinesInsideAStore() {
    Path outer = store;
    store = outer.resolve("baselines/fine-tuning");
    write(start, start);
    JsonNode stores =
        CommandLineRun.of("paths", "list", folder.toString(), "--json").json().get("stores");
    assertEquals(2, stores.size());
    assertEquals("file:" + store, stores.get(1).get("store").asText());
  }

  @Test
  void showHasRecipeProvenanceAndMeasurements() {
    JsonNode json = CommandLineRun.of("paths", "show", store.toString(), "--json").json();
    assertEquals("0.1|<b>", json.at("/provenance/version").asText());
    assertEquals("``` # digits", json.at("/recipe/network").asText());
    assertEquals(0.75, json.at("/waypoints/1/evaluation/digits/accuracy").asDouble());
    assertEquals(0.25, json.at("/waypoints/1/drift").asDouble());
    assertEquals(3, json.at("/waypoints/1/length/outputs").asDouble());
    assertTrue(CommandLineRun.of("paths", "show", store.toString()).out().contains("75.00 %"));
  }

  private PathStatus status(State state, String reason, Instant updated) {
    return new PathStatus(
        "file:" + store,
        "anchored: more",
        null,
        state,
        reason,
        new PathStatus.Progress(310, 400, 2, 45, 0.5),
        null,
        300,
        Map.of("digits", new Evaluation(0.75, 0.5, 355)),
        updated,
        updated,
        new Walker("elsewhere", 7, updated));
  }

  private void assertState(PathStatus status, String inList, String inShow, String inJson) {
    new StatusFile(new Configuration(), new org.apache.hadoop.fs.Path(store.toString()))
        .write(status);
    String listed = CommandLineRun.of("paths", "list", folder.toString()).out();
    assertTrue(listed.contains(inList), listed);
    String shown = CommandLineRun.of("paths", "show", store.toString()).out();
    assertTrue(shown.contains(inShow), shown);
    JsonNode json = CommandLineRun.of("paths", "show", store.toString(), "--json").json();
    assertEquals(inJson, json.at("/status/state").asText());
    assertEquals(310, json.at("/status/progress/step").asLong());
  }

  @Test
  void listAndShowSayHowAPathGoesOn() throws IOException {
    Instant now = Instant.now();
    assertState(
        status(State.RUNNING, null, now),
        "running, step 310 of 400",
        "running, step 310 of 400, 2.0 steps/s, 0:45 left, anchored: more (host elsewhere, pid 7)",
        "running");
    Instant old = Instant.parse("2026-01-02T03:04:05Z");
    assertState(
        status(State.RUNNING, null, old),
        "abandoned",
        "abandoned at step 310 of 400: not heard of since 2026-01-02T03:04:05Z (host elsewhere, pid"
            + " 7); run its command again to go on",
        "abandoned");
    assertState(
        status(State.FAILED, "disk full", old),
        "failed",
        "failed at step 310 of 400: disk full",
        "failed");
    CommandLineRun.of("paths", "verify", store.toString()).assertOk();
    Files.writeString(store.resolve("status.json"), "{\"half\":");
    assertTrue(CommandLineRun.of("paths", "list", folder.toString()).out().contains("unknown"));
    assertTrue(
        CommandLineRun.of("paths", "show", store.toString())
            .out()
            .contains("unknown: file:" + store + "/status.json: is damaged"));
  }

  @Test
  void verifyNamesWhatIsDamaged() throws IOException {
    CommandLineRun whole = CommandLineRun.of("paths", "verify", store.toString());
    whole.assertOk();
    flipBit(store.resolve("waypoints/000300/model.safetensors"));
    CommandLineRun damaged = CommandLineRun.of("paths", "verify", store.toString(), "--json");
    assertEquals(65, damaged.exitCode());
    assertEquals(1, damaged.json().get("damaged").asInt());
    assertEquals("data", damaged.json().at("/error/category").asText());
    assertEquals(
        "error: file:"
            + store
            + ": 1 of 3 folders damaged: waypoints/000300; running the path's command again goes on"
            + " from the newest whole waypoint\n",
        damaged.err());
    CommandLineRun export = export("--step", "300");
    assertEquals(65, export.exitCode());
    assertFalse(Files.exists(folder.resolve("out")));
  }

  @Test
  void exportedNetworkHasTheWeightsOfTheWaypoint() throws IOException {
    export().assertOk();
    Network read = Network.load(new LocalFolder(folder.resolve("out")));
    assertArrayEquals(weights(start, 300), read.weights());
    assertEquals(start.config().json(), read.config().json());
    assertEquals(start.preprocessor(), read.preprocessor());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(
          List.of("out", "paths"), left.map(p -> p.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void exportBetweenWaypointsInterpolates() {
    CommandLineRun run = export("--at", "150.5", "--json");
    run.assertOk();
    assertEquals(150.5, run.json().get("at").asDouble());
    float[] read = Network.load(new LocalFolder(folder.resolve("out"))).weights();
    for (int i = 0; i < read.length; i++) {
      float a = weights(start, 100)[i];
      float b = weights(start, 300)[i];
      assertEquals((float) (a + 50.5 / 200 * ((double) b - a)), read[i], 1e-6f * Math.abs(b));
    }
  }

  @Test
  void exportFollowsAHeadThatHasGrown() {
    store = folder.resolve("paths/grown");
    write(start, start.withClasses(13));
    export().assertOk();
    Network read = Network.load(new LocalFolder(folder.resolve("out")));
    assertEquals(13, read.classes());
    assertArrayEquals(weights(start.withClasses(13), 300), read.weights());
  }

  @Test
  void exportWantsAPlaceOnThePath() {
    export("--step", "200")
        .assertFails(
            66,
            "file:"
                + store
                + ": has no waypoint at step 200; it has [100, 300], and --at 200 goes between"
                + " them");
    export("--at", "301")
        .assertFails(
            64,
            "--at 301.0 is not on file:"
                + store
                + ", which has waypoints from 100 to 300; give a number between");
    assertEquals(64, export("--at", "NaN").exitCode());
  }

  @Test
  void exportReplacesOnlyANetworkAndOnlyWhenForced() throws IOException {
    export("--step", "100").assertOk();
    String out = "file:" + folder.resolve("out");
    export("--step", "300")
        .assertFails(
            64, "--out: " + out + " is not empty; give another folder, or --force to replace it");
    export("--step", "300", "--force").assertOk();
    assertArrayEquals(
        weights(start, 300), Network.load(new LocalFolder(folder.resolve("out"))).weights());
    Path own = Files.writeString(folder.resolve("out/train.py"), "");
    assertEquals(64, export("--force").exitCode());
    Files.delete(own);
    Files.createDirectories(folder.resolve("out/photos"));
    export("--force")
        .assertFails(
            64,
            "--out: "
                + out
                + " holds more than a network, --force does not replace it; give another folder");
  }

  @Test
  void outputThatCannotBeWrittenIsStorage() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    CommandLineRun run =
        CommandLineRun.of("export", "--store", store.toString(), "--out", file + "/out");
    assertEquals(74, run.exitCode(), run.err());
    assertTrue(run.err().startsWith("error: file:" + file + "/out: cannot be written: "));
    assertEquals(1, run.err().lines().count());
    CommandLineRun report =
        CommandLineRun.of("report", store.toString(), "--out", file + "/report.html");
    assertEquals(74, report.exitCode(), report.err());
  }

  @Test
  void modelCardSaysWhatWasMeasured() throws IOException {
    export("--at", "200").assertOk();
    String card = Files.readString(folder.resolve("out/README.md"));
    assertTrue(card.startsWith("---\ntags:\n"), card);
    assertTrue(card.contains("point 200 between waypoints 100 and 300"), card);
    assertTrue(card.contains("Measured at waypoint 100"), card);
    assertTrue(card.contains("| digits | 25.00 % | 25.00 % | 0.5 | 355 |"), card);
    assertTrue(card.contains("| version | 0.1\\|\\<b\\> |"), card);
    assertTrue(card.contains("````json\n{\n  \"network\" : \"``` # digits\"\n}\n````\n"), card);
    export("--force").assertOk();
    String atWaypoint = Files.readString(folder.resolve("out/README.md"));
    assertTrue(atWaypoint.contains("| digits | 25.00 % | 75.00 % | 0.5 | 355 |"), atWaypoint);
    assertFalse(atWaypoint.contains("Measured at waypoint"), atWaypoint);
  }

  @Test
  void reportIsOneFileAboutAllPaths() throws IOException {
    Path file = folder.resolve("reports/r.html");
    CommandLineRun run =
        CommandLineRun.of("report", store.toString(), store.toString(), "--out", file.toString());
    run.assertOk();
    String html = Files.readString(file);
    String both = "sample stands at digits 75.00 %; sample stands at digits 75.00 %.";
    assertTrue(html.contains(both), "the verdict");
    assertEquals(both + "\nwrote file:" + file + "\n", run.out());
    assertTrue(html.contains("Paths sample, sample"), "the title");
  }

  @Test
  void reportOfAPathOnItsWaySaysSo() throws IOException {
    Path file = folder.resolve("r.html");
    CommandLineRun run =
        CommandLineRun.of("report", store.toString(), "--out", file.toString(), "--json");
    run.assertOk();
    String verdict =
        "Not finished: sample stands at step 300; so far learned digits (75.00 %, before 25.00 %),"
            + " in 300 steps and 7 s, with a drift of 0.25.";
    assertEquals(verdict, run.json().path("verdict").asText());
    assertTrue(Files.readString(file).contains(verdict), "the verdict");
  }

  private CommandLineRun export(String... more) {
    String[] start = {"export", "--store", store.toString(), "--out", folder + "/out"};
    return CommandLineRun.of(start, more);
  }

  private static void flipBit(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(file.length() - 1);
      int last = file.read();
      file.seek(file.length() - 1);
      file.write(last ^ 1);
    }
  }
}
