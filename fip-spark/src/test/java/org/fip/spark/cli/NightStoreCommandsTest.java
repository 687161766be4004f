package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.anchors.Anchors;
import org.fip.core.data.EncodedExamples;
import org.fip.core.network.Network;
import org.fip.core.path.Measurement;
import org.fip.core.path.PathState;
import org.fip.core.path.Waypoint;
import org.fip.core.safetensors.FlatTensor;
import org.fip.spark.recipe.Nights;
import org.fip.spark.store.NightStore;
import org.fip.spark.store.PathDescription;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StoreLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a store of three nights, of which the second is published. */
class NightStoreCommandsTest {
  private static final List<String> NIGHTS = List.of("night-8", "night-9", "night-10");

  @TempDir private Path folder;
  private String store;
  private NightStore nights;

  @BeforeEach
  void writeNights() {
    store = folder.resolve("nights store").toString();
    nights = NightStore.at(new Configuration(), new org.apache.hadoop.fs.Path(store), Nights.ORDER);
    for (String night : NIGHTS) {
      writePath(nights.place(night));
      ObjectNode record = JsonNodeFactory.instance.objectNode().put("refusal", "drift 2, limit 1");
      nights.writeRecord(night, record);
    }
    nights.publish("night-9");
  }

  private static void writePath(org.apache.hadoop.fs.Path place) {
    Network network = SampleNetwork.random();
    ObjectNode recipe = JsonNodeFactory.instance.objectNode();
    recipe.putObject("path").put("steps", 20);
    PathStore created =
        PathStore.createOrResume(
            new Configuration(), place, new PathDescription(recipe, Map.of()), key -> false);
    created.writeStart(network::save);
    List<FlatTensor> tensors = new ArrayList<>();
    network.layout().slots().forEach(slot -> tensors.add(StoredPathTest.flatTensor(slot)));
    PathStore open = created.forTensors(tensors);
    EncodedExamples texts =
        EncodedExamples.texts(new byte[][] {{65}}, new int[0], new int[] {0}, "texts");
    for (long step = 0; step <= 20; step += 5) {
      open.commit(
          new Waypoint(
              new PathState(step, network.weights().clone()),
              List.of(new Measurement(step, 1, 0.25, 0, 0, 2, 3, 4, 5, 6, 7)),
              Map.of()));
    }
    open.writeAnchors(0, new Anchors(texts, new int[1]));
    open.writeAnchors(20, new Anchors(texts, new int[1]));
    open.writeNetwork(network::save);
  }

  @Test
  void latestIsNamedRequiredAndMoved() {
    assertEquals(
        "night-9",
        CommandLineRun.of("paths", "latest", store, "--json").json().path("night").asText());
    CommandLineRun required = CommandLineRun.of("paths", "latest", store, "--require", "night-10");
    assertEquals(65, required.exitCode());
    assertTrue(required.err().contains("drift 2, limit 1"), required.err());
    CommandLineRun.of("paths", "latest", store, "--publish", "night-8").assertOk();
    CommandLineRun.of("paths", "latest", store, "--require", "night-8").assertOk();
    assertEquals("night-9", nights.latest().orElseThrow().taken());
    assertEquals(66, CommandLineRun.of("paths", "latest", store, "--publish", "x").exitCode());
  }

  @Test
  void aStoreThatIsBeingWrittenIsNotPublishedTo() {
    StoreLock lock = StoreLock.acquire(new Configuration(), new org.apache.hadoop.fs.Path(store));
    CommandLineRun refused = CommandLineRun.of("paths", "latest", store, "--publish", "night-8");
    assertEquals(75, refused.exitCode());
    assertTrue(refused.err().contains("is being written by process"), refused.err());
    assertEquals("night-9", nights.latest().orElseThrow().night());
    lock.close();
  }

  @Test
  void pruneKeepsWhatIsNeeded() throws IOException {
    CommandLineRun dry = CommandLineRun.of("paths", "prune", store, "--dry-run", "--json");
    assertEquals(9, dry.json().path("waypoints").asInt());
    assertEquals(3, dry.json().path("anchors").asInt());
    Path waypoint = Path.of(store, "nights/night-8/waypoints/000005");
    assertTrue(Files.exists(waypoint));
    assertEquals(
        dry.json().path("bytes"),
        CommandLineRun.of("paths", "prune", store, "--json").json().path("bytes"));
    assertFalse(Files.exists(waypoint));
    for (PathStore path : nights.paths()) {
      assertEquals(List.of(0L, 20L), path.steps());
      assertEquals(List.of(20L), path.anchorSteps());
    }
    CommandLineRun.of("paths", "verify", store).assertOk();
    CommandLineRun.of("paths", "prune", store, "--keep-nights", "1").assertOk();
    assertEquals(List.of("night-9", "night-10"), nights.nights());
    assertFalse(Files.exists(Path.of(store, "lock")));
  }

  @Test
  void pruneOfOnePathStoreWorksToo() {
    String path = store + "/nights/night-8";
    CommandLineRun.of("paths", "prune", path).assertOk();
    CommandLineRun.of("paths", "verify", path).assertOk();
    assertEquals(66, CommandLineRun.of("paths", "prune", folder + "/none").exitCode());
    assertEquals(64, CommandLineRun.of("paths", "prune", store, "--keep-nights", "-1").exitCode());
  }

  @Test
  void pruneOfAPartWaitsForWhoWritesTheWhole() {
    String path = store + "/nights/night-8";
    try (StoreLock lock =
        StoreLock.acquire(new Configuration(), new org.apache.hadoop.fs.Path(store))) {
      assertNotNull(lock);
      CommandLineRun busy = CommandLineRun.of("paths", "prune", path);
      assertEquals(75, busy.exitCode(), busy.err());
    }
    CommandLineRun.of("paths", "prune", path).assertOk();
    assertFalse(Files.exists(Path.of(store, "lock")));
  }

  @Test
  void exportVerifyShowAndReportTakeTheStore() throws IOException {
    String out = folder.resolve("exported").toString();
    CommandLineRun exported = CommandLineRun.of("export", "--store", store, "--out", out);
    exported.assertOk();
    assertTrue(exported.out().contains("night-9"), exported.out());
    assertEquals(
        27, CommandLineRun.of("paths", "verify", store, "--json").json().path("folders").size());
    CommandLineRun.of("paths", "show", store).assertOk();
    String html = folder.resolve("report.html").toString();
    CommandLineRun.of("report", store, "--out", html).assertOk();
    assertTrue(Files.readString(Path.of(html)).contains("night-10"));
  }
}
