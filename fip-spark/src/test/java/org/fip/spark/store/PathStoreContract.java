package org.fip.spark.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.fip.core.FipException;
import org.fip.core.path.Waypoint;
import org.fip.core.safetensors.Checkpoint;
import org.fip.core.safetensors.FlatTensor;
import org.fip.core.storage.Folder;
import org.fip.core.storage.RandomAccessReader;
import org.junit.jupiter.api.Test;

/** What holds for a path store on every file system. */
abstract class PathStoreContract {
  private static final List<String> WAYPOINT_FILES =
      List.of("model.safetensors", "state.safetensors", "metrics.json", "manifest.json");

  /** The file system, as a user's configuration gives it. */
  abstract FileSystem fileSystem();

  /** A folder that does not exist yet. */
  abstract Path root();

  @Test
  void committedWaypointsAreReadBackToTheLastBit() {
    SamplePath.walk(create(), 3);
    PathStore store = PathStore.open(fileSystem(), root());
    assertEquals(List.of(0L, 1L, 2L, 3L), store.steps());
    for (long step : store.steps()) {
      SamplePath.assertIsWaypoint(step, store.read(step));
    }
    SamplePath.assertIsWaypoint(3, store.newest().orElseThrow());
    assertEquals(SamplePath.description(), store.description());
    assertEquals(5, store.verify().stream().filter(Finding::whole).count());
  }

  @Test
  void emptyStoreHasNoWaypoint() {
    PathStore store = create();
    assertEquals(List.of(), store.steps());
    assertEquals(Optional.empty(), store.newest());
    assertEquals(List.of(), store.verify());
    FipException failure = assertThrows(FipException.class, () -> store.read(7));
    assertEquals(FipException.Category.NOT_FOUND, failure.category());
  }

  @Test
  void waypointHoldsTheTensorsThatAreNotOnThePathAsTheStartHasThem() throws IOException {
    PathStore store = create();
    SamplePath.walk(store, 1);
    try (Checkpoint start = Checkpoint.open(store.start().orElseThrow());
        Checkpoint waypoint = Checkpoint.open(store.waypoint(1))) {
      assertEquals(
          start.tensors().stream().map(t -> t.name() + t.shape() + t.dtype()).toList(),
          waypoint.tensors().stream().map(t -> t.name() + t.shape() + t.dtype()).toList());
      for (String name : List.of("norm.count", "norm.mean")) {
        assertArrayEquals(
            start.readBytes(start.get(name)), waypoint.readBytes(waypoint.get(name)), name);
      }
    }
  }

  @Test
  void weightsAreReadInPartsAndNotWhenTheyAreDamaged() throws IOException {
    PathStore store = create();
    SamplePath.walk(store, 1);
    float[] expected = SamplePath.waypoint(1).state().weights();
    try (WaypointWeights weights = store.weights(1)) {
      assertEquals(SamplePath.TENSORS, weights.tensors());
      for (FlatTensor tensor : weights.tensors()) {
        for (int i = 0; i < tensor.length(); i++) {
          float[] part = new float[1];
          weights.read(tensor.name(), i, 1, part);
          assertEquals(expected[tensor.offset() + i], part[0], tensor.name());
        }
      }
    }
    Path model = new Path(root(), "waypoints/000001/model.safetensors");
    byte[] damaged = bytes(model);
    damaged[damaged.length - 1] ^= 1;
    overwrite(model, damaged);
    FipException failure = assertThrows(FipException.class, () -> store.weights(1));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains("model.safetensors"), failure.getMessage());
  }

  @Test
  void creatingAgainWithTheSameRecipeResumes() {
    SamplePath.walk(create(), 2);
    PathStore again = create();
    SamplePath.walk(again, 4);
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L), again.steps());
  }

  @Test
  void resumingWithAnotherRecipeNamesTheFirstDifferingKey() {
    create();
    ObjectNode recipe = SamplePath.recipe();
    ((ObjectNode) recipe.at("/keep/0")).put("limit", 51);
    recipe.put("rate", 0.1);
    assertRefused(recipe, "keep.0.limit = 50", "51");
    recipe = SamplePath.recipe();
    recipe.remove("seed");
    assertRefused(recipe, "seed = 0", "nothing");
    recipe = SamplePath.recipe();
    recipe.putObject("extra").put("x", 1);
    assertRefused(recipe, "extra.x = nothing", "1");
    recipe = SamplePath.recipe();
    recipe.putArray("empty");
    assertRefused(recipe, "empty = {}", "[]");
  }

  @Test
  void keyThatDoesNotChangeTheWalkMayDiffer() {
    SamplePath.walk(create(), 1);
    ObjectNode recipe = SamplePath.recipe();
    ((ObjectNode) recipe.get("path")).put("checkpointEvery", 100L);
    recipe.put("seed", 0L);
    PathStore store =
        PathStore.createOrResume(
            fileSystem(),
            root(),
            new PathDescription(recipe, Map.of()),
            key -> key.equals("path.checkpointEvery"));
    assertEquals(List.of(0L, 1L), store.steps());
    assertEquals(SamplePath.recipe(), store.description().recipe());
  }

  @Test
  void folderWithoutAStoreIsNotFound() {
    FipException failure =
        assertThrows(FipException.class, () -> PathStore.open(fileSystem(), root()));
    assertEquals(FipException.Category.NOT_FOUND, failure.category());
    assertTrue(failure.getMessage().contains("path.json"), failure.getMessage());
  }

  @Test
  void waypointsWithoutAPathFileAreNotTakenUp() throws IOException {
    SamplePath.walk(create(), 1);
    fileSystem().delete(new Path(root(), "path.json"), false);
    FipException failure = assertThrows(FipException.class, this::create);
    assertEquals(FipException.Category.DATA, failure.category());
  }

  @Test
  void unknownFormatVersionIsRefusedByNumber() throws IOException {
    create();
    Path file = new Path(root(), "path.json");
    String text = new String(bytes(file), StandardCharsets.UTF_8);
    overwrite(
        file,
        text.replace("\"formatVersion\" : 1", "\"formatVersion\" : 9")
            .getBytes(StandardCharsets.UTF_8));
    FipException failure =
        assertThrows(FipException.class, () -> PathStore.open(fileSystem(), root()));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains("format version 9"), failure.getMessage());
  }

  @Test
  void brokenPathFileIsRefused() throws IOException {
    create();
    Path file = new Path(root(), "path.json");
    byte[] whole = bytes(file);
    for (int length : new int[] {0, 1, whole.length / 2, whole.length - 1}) {
      overwrite(file, Arrays.copyOf(whole, length));
      assertDamagedPath();
    }
    for (int i = 0; i < whole.length; i += 97) {
      byte[] flipped = whole.clone();
      flipped[i] ^= 4;
      overwrite(file, flipped);
      assertDamagedPath();
    }
  }

  @Test
  void truncatedFileIsNamedAndItsWaypointSkipped() throws IOException {
    SamplePath.walk(create(), 2);
    for (String name : WAYPOINT_FILES) {
      Path file = new Path(root(), "waypoints/000002/" + name);
      byte[] whole = bytes(file);
      overwrite(file, Arrays.copyOf(whole, whole.length - 3));
      assertSkipped(name);
      overwrite(file, new byte[0]);
      assertSkipped(name);
      fileSystem().delete(file, false);
      assertSkipped(name);
      overwrite(file, whole);
      SamplePath.assertIsWaypoint(2, PathStore.open(fileSystem(), root()).newest().orElseThrow());
    }
  }

  @Test
  void flippedBitIsNamedAndItsWaypointSkipped() throws IOException {
    SamplePath.walk(create(), 2);
    for (String name : WAYPOINT_FILES) {
      Path file = new Path(root(), "waypoints/000002/" + name);
      byte[] whole = bytes(file);
      for (int i = 0; i < whole.length; i += Math.max(1, whole.length / 3)) {
        byte[] flipped = whole.clone();
        flipped[i] ^= 1;
        overwrite(file, flipped);
        assertSkipped(name);
      }
      overwrite(file, whole);
    }
  }

  @Test
  void damagedWaypointIsReplacedByCommittingItsStepAgain() throws IOException {
    PathStore store = create();
    SamplePath.walk(store, 2);
    overwrite(new Path(root(), "waypoints/000002/state.safetensors"), new byte[5]);
    fileSystem().delete(new Path(root(), "waypoints/000001/manifest.json"), false);
    SamplePath.assertIsWaypoint(0, store.newest().orElseThrow());
    SamplePath.walk(store, 2);
    for (long step : store.steps()) {
      SamplePath.assertIsWaypoint(step, store.read(step));
    }
    assertEquals(List.of("000000", "000001", "000002"), names(new Path(root(), "waypoints")));
  }

  @Test
  void leftoversOfADeadRunAreClearedByTheNextAndIgnoredByReaders() throws IOException {
    SamplePath.walk(create(), 1);
    String id = "-01234567-89ab-cdef-0123-456789abcdef";
    overwrite(new Path(root(), "waypoints/.tmp-000002" + id + "/model.safetensors"), new byte[9]);
    overwrite(new Path(root(), ".tmp-network" + id + "/config.json"), new byte[9]);
    overwrite(new Path(root(), "waypoints/.old-000001" + id + "/x"), new byte[9]);
    fileSystem()
        .rename(
            new Path(root(), "waypoints/000000"), new Path(root(), "waypoints/.old-000000" + id));
    PathStore reader = PathStore.open(fileSystem(), root());
    assertEquals(List.of(1L), reader.steps());
    assertEquals(4, names(new Path(root(), "waypoints")).size());
    create();
    assertEquals(List.of("000000", "000001"), names(new Path(root(), "waypoints")));
    assertEquals(List.of("path.json", "start", "waypoints"), names(root()));
    SamplePath.assertIsWaypoint(0, reader.read(0));
  }

  @Test
  void networkIsReplacedAsAWholeAndItsDamageFound() throws IOException {
    PathStore store = create();
    assertEquals(Optional.empty(), store.network());
    store.writeNetwork(SamplePath::fillStart);
    store.writeNetwork(
        folder -> {
          try (OutputStream out = folder.create("config.json")) {
            out.write('x');
          }
        });
    assertEquals(
        List.of("config.json", "fip-manifest.json"), store.network().orElseThrow().names());
    assertEquals(List.of("network", "path.json"), names(root()));
    assertEquals(1, store.verify().size());
    assertTrue(store.verify().get(0).whole());
    overwrite(new Path(root(), "network/config.json"), new byte[] {'y'});
    Finding finding = store.verify().get(0);
    assertEquals("network", finding.folder());
    assertTrue(finding.problem().orElseThrow().contains("network/config.json: is damaged"));
  }

  @Test
  void fillerThatFailsLeavesTheFolderAsItWas() throws IOException {
    PathStore store = create();
    store.writeNetwork(SamplePath::fillStart);
    FipException mistake = FipException.data("wrong");
    assertEquals(
        mistake,
        assertThrows(
            FipException.class,
            () ->
                store.writeNetwork(
                    folder -> {
                      folder.create("config.json").close();
                      throw mistake;
                    })));
    assertEquals(List.of("network", "path.json"), names(root()));
    assertTrue(store.verify().get(0).whole());
  }

  @Test
  void copyOfAFolderIsByteIdentical() throws IOException {
    PathStore store = create();
    store.writeStart(SamplePath::fillStart);
    store.writeNetwork(FolderFiller.copyOf(store.start().orElseThrow()));
    for (String name : List.of("config.json", "model.safetensors")) {
      assertArrayEquals(
          bytes(new Path(root(), "start/" + name)), bytes(new Path(root(), "network/" + name)));
    }
    assertEquals(2, store.verify().stream().filter(Finding::whole).count());
  }

  @Test
  void networkOfOtherTensorsIsRefusedNotSkipped() {
    SamplePath.walk(create(), 1);
    List<FlatTensor> other =
        List.of(SamplePath.TENSORS.get(0), new FlatTensor("a.bias", List.of(4L), 6, 4));
    PathStore store = PathStore.open(fileSystem(), root()).forTensors(other);
    FipException failure = assertThrows(FipException.class, store::newest);
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains("'a.bias' of shape [2]"), failure.getMessage());
    assertTrue(failure.getMessage().contains("'a.bias' of shape [4]"), failure.getMessage());
    PathStore unprepared = create();
    assertThrows(IllegalStateException.class, () -> unprepared.commit(SamplePath.waypoint(2)));
    assertThrows(IllegalStateException.class, () -> store.commit(SamplePath.waypoint(2)));
  }

  @Test
  void summaryNamesStepsMeasurementsAndDamage() throws IOException {
    PathStore store = create();
    SamplePath.walk(store, 2);
    overwrite(new Path(root(), "waypoints/000002/metrics.json"), new byte[4]);
    PathSummary summary = store.describe();
    assertEquals(SamplePath.description(), summary.description());
    assertFalse(summary.network());
    WaypointSummary middle = summary.waypoints().get(1);
    assertEquals(OptionalLong.of(0), middle.previous());
    assertEquals(SamplePath.waypoint(1).measurements().get(0), middle.last().orElseThrow());
    assertEquals(SamplePath.waypoint(1).evaluation(), middle.evaluation());
    assertTrue(middle.bytes() > 500);
    assertEquals(OptionalLong.empty(), summary.waypoints().get(0).previous());
    String problem = summary.waypoints().get(2).problem().orElseThrow();
    assertTrue(problem.contains("metrics.json: is damaged"), problem);
  }

  @Test
  void stepBeyondSixDigitsSortsAfterTheOthers() {
    PathStore store = create().forTensors(SamplePath.TENSORS);
    for (long step : new long[] {1_000_000, 999_999}) {
      store.commit(SamplePath.waypoint(step));
    }
    Waypoint newest = store.newest().orElseThrow();
    SamplePath.assertIsWaypoint(1_000_000, newest);
    assertEquals(List.of(999_999L, 1_000_000L), store.steps());
  }

  @Test
  void writingReallySyncs() throws IOException {
    DurableFiles files = new DurableFiles(fileSystem());
    Path file = new Path(root(), "x");
    files.create(file).close();
    assertTrue(files.fileSystem().create(file, true).hasCapability(StreamCapabilities.HSYNC));
  }

  @Test
  void folderReadsAtAnyPositionAndRefusesNamesThatLeaveIt() throws IOException {
    Folder folder = new HadoopFolder(fileSystem(), root());
    assertEquals(List.of(), folder.names());
    byte[] content = new byte[100_000];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 7);
    }
    try (OutputStream out = folder.create("data")) {
      out.write(content);
    }
    assertEquals(List.of("data"), folder.names());
    assertTrue(folder.exists("data"));
    assertFalse(folder.exists("other"));
    try (RandomAccessReader reader = folder.openRandom("data")) {
      assertEquals(content.length, reader.size());
      byte[] part = new byte[5];
      for (int position : new int[] {90_000, 3, 4, 99_995}) {
        reader.readFully(position, part, 0, 5);
        assertEquals(content[position + 4], part[4]);
      }
      assertThrows(EOFException.class, () -> reader.readFully(content.length - 2, part, 0, 5));
    }
    for (String name : List.of("", "..", "a/b", "/a")) {
      assertThrows(FipException.class, () -> folder.create(name));
    }
  }

  private PathStore create() {
    return PathStore.createOrResume(fileSystem(), root(), SamplePath.description(), key -> false);
  }

  private void assertRefused(ObjectNode recipe, String... parts) {
    FipException failure =
        assertThrows(
            FipException.class,
            () ->
                PathStore.createOrResume(
                    fileSystem(), root(), new PathDescription(recipe, Map.of()), key -> false));
    assertEquals(FipException.Category.DATA, failure.category());
    assertEquals(1, failure.getMessage().lines().count());
    for (String part : parts) {
      assertTrue(failure.getMessage().contains(part), failure.getMessage());
    }
  }

  private void assertDamagedPath() {
    FipException failure =
        assertThrows(FipException.class, () -> PathStore.open(fileSystem(), root()));
    assertEquals(FipException.Category.DATA, failure.category(), failure.getMessage());
    assertTrue(failure.getMessage().contains("path.json"), failure.getMessage());
  }

  private void assertSkipped(String name) {
    PathStore store = PathStore.open(fileSystem(), root()).forTensors(SamplePath.TENSORS);
    SamplePath.assertIsWaypoint(1, store.newest().orElseThrow());
    FipException failure = assertThrows(FipException.class, () -> store.read(2));
    assertEquals(FipException.Category.DATA, failure.category());
    assertEquals(1, failure.getMessage().lines().count());
    assertTrue(failure.getMessage().contains("000002/" + name + ": "), failure.getMessage());
    Map<String, Boolean> found = new TreeMap<>();
    store.verify().forEach(finding -> found.put(finding.folder(), finding.whole()));
    assertEquals(
        Map.of(
            "start", true,
            "waypoints/000000", true,
            "waypoints/000001", true,
            "waypoints/000002", false),
        found);
  }

  private List<String> names(Path folder) throws IOException {
    return Arrays.stream(fileSystem().listStatus(folder))
        .map(FileStatus::getPath)
        .map(Path::getName)
        .sorted()
        .toList();
  }

  private byte[] bytes(Path file) throws IOException {
    try (InputStream in = raw().open(file)) {
      return in.readAllBytes();
    }
  }

  private void overwrite(Path file, byte[] content) throws IOException {
    try (OutputStream out = raw().create(file, true)) {
      out.write(content);
    }
  }

  /** Damage must not leave {@code .crc} files, which a disk would not make either. */
  private FileSystem raw() {
    return new DurableFiles(fileSystem()).fileSystem();
  }
}
