package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.fip.core.anchors.Anchors;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.Network;
import org.fip.core.path.Waypoint;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.Nights;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.store.Finding;
import org.fip.spark.store.NightStore;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nights on embedded digits: first 0 to 3, then a class a night, then more of all classes. */
class NightJobTest {
  private static final int NIGHTS = 24;
  private static final int FIRST_CLASSES = 4;
  private static final int REFUSED = 12;
  private static final int TOTAL = 40;
  private static final String TRAIN =
      """
      architecture: {architectures: [LeNet300100], input_shape: [1, 8, 8],
                     hidden_sizes: [20, 10], num_labels: 4}
      preprocessor: {image_processor_type: ViTImageProcessor, do_resize: false,
                     do_rescale: true, rescale_factor: 0.0625, do_normalize: false}
      tasks: [{name: first, train: {path: 'builtin:digits', labels: [0, 1, 2, 3]}}]
      path: {steps: 60, batch: 32, learningRate: 0.01, checkpointEvery: 60}
      """;

  /** A run is interrupted. */
  private static final class Killed extends RuntimeException {
    Killed() {
      super("killed", null, false, false);
    }
  }

  @TempDir private Path temporary;
  private final Set<DataSelector> reads = new HashSet<>();
  private String start;

  private JobContext context(ProgressListener progress) {
    Configuration hadoop = new Configuration();
    return new JobContext(
        hadoop,
        (network, settings, data) ->
            new LocalWorkers(
                new WorkerSpec(network, 1, settings.seed(), settings.memory()), data, Device.cpu()),
        progress,
        selector -> read(selector, hadoop));
  }

  private EncodedExamples read(DataSelector selector, Configuration hadoop) {
    reads.add(selector);
    return DataSets.read(selector, hadoop);
  }

  @BeforeEach
  void train() {
    Recipe recipe = Digits.recipe(Command.TRAIN, TRAIN, "output=" + temporary.resolve("start"));
    start =
        new TrainJob(context(ProgressListener.NONE), recipe)
            .run()
            .toJson()
            .path("network")
            .asText();
  }

  private static String name(int night) {
    return "2026-" + (night < 9 ? "9-" : "10-") + night;
  }

  private static int newest(int night) {
    return Math.min(9, FIRST_CLASSES + night);
  }

  private Recipe recipe(String store, int night, String... sets) {
    String labels = night <= 9 - FIRST_CLASSES ? "labels: [%d], ".formatted(newest(night)) : "";
    String text =
        """
        keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3], limit: 30}]
        tasks: [{name: task %d, train: {path: 'builtin:digits', %slimit: 60, seed: %d}}]
        anchors: {total: %d}
        evaluate: {first: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3], limit: 40}}
        path: {steps: 4, batch: 16, anchorBatch: 16, learningRate: 0.001, checkpointEvery: 2,
               measureEvery: 2, anchorWeight: 0.5, widening: {shift: 0}}
        gate: {kept: {first: 0.5}, drift: %s}
        """
            .formatted(night, labels, night, TOTAL, night == REFUSED ? "0" : "null");
    List<String> all = new ArrayList<>();
    all.add("output=" + temporary.resolve(store));
    all.add("network=" + start);
    all.add("night='" + name(night) + "'");
    all.addAll(List.of(sets));
    return Digits.recipe(Command.ADAPT, text, all.toArray(String[]::new));
  }

  private JsonNode run(String store, int night, String... sets) {
    return new NightJob(context(ProgressListener.NONE), recipe(store, night, sets)).run().toJson();
  }

  /** A run that ends when it has committed so many waypoints. */
  private void killed(String store, int night, int after, String... sets) {
    int[] left = {after};
    ProgressListener listener =
        new ProgressListener() {
          @Override
          public void committed(Waypoint waypoint) {
            if (--left[0] == 0) {
              throw new Killed();
            }
          }
        };
    assertThrows(
        Killed.class, () -> new NightJob(context(listener), recipe(store, night, sets)).run());
  }

  private NightStore nights(String store) {
    return NightStore.at(
        new Configuration(),
        new org.apache.hadoop.fs.Path(temporary.resolve(store).toUri()),
        Nights.ORDER);
  }

  private byte[] latest(String store) throws IOException {
    String folder = nights(store).network().location();
    return Files.readAllBytes(Path.of(URI.create(folder)).resolve("model.safetensors"));
  }

  private Map<String, String> content(String store) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(temporary.resolve(store))) {
      for (Path file : all.toList()) {
        files.put(
            file.toString(),
            Files.isDirectory(file)
                ? "folder"
                : Files.getLastModifiedTime(file)
                    + " "
                    + Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return files;
  }

  private void assertWhole(String store) {
    for (PathStore path : nights(store).paths()) {
      List<Finding> damaged = path.verify().stream().filter(f -> !f.whole()).toList();
      assertEquals(List.of(), damaged, path.location());
    }
  }

  private Anchors anchors(String store, String night) {
    PathStore path = PathStore.open(new Configuration(), nights(store).place(night));
    List<Long> steps = path.anchorSteps();
    return path.anchors(steps.get(steps.size() - 1)).orElseThrow();
  }

  @Test
  void manyDisturbedNightsEndAtTheBitsOfUndisturbedOnes() throws IOException {
    String published = "";
    for (int night = 0; night < NIGHTS; night++) {
      run("calm", night);
      if (night % 3 == 1) {
        killed("rough", night, 1 + night % 2);
      }
      JsonNode json = run("rough", night);
      assertEquals(night != REFUSED, json.path("published").asBoolean(), json.toString());
      String now = nights("rough").latest().orElseThrow().night();
      assertTrue(Nights.ORDER.compare(published, now) <= 0, published + " before " + now);
      published = now;
      Map<String, String> before = content("rough");
      if (night % 4 == 2) {
        assertTrue(run("rough", night).path("repeated").asBoolean());
        assertTrue(run("rough", night / 2).path("repeated").asBoolean());
        assertEquals(before, content("rough"));
      }
      Anchors anchors = anchors("rough", name(night));
      assertTrue(anchors.size() <= TOTAL, anchors.size() + " anchors");
      assertEquals(0, anchors.examples().labels().length);
    }
    assertEquals(name(NIGHTS - 1), published);
    assertArrayEquals(latest("calm"), latest("rough"));
    assertWhole("rough");
    assertEquals(10, Network.load(nights("rough").network()).classes());
    assertFalse(Files.exists(temporary.resolve("rough/lock")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"herding", "leverage"})
  void anchorsAreChosenByWhatTheNetworkDoes(String choice) {
    run("random", 0);
    for (String store : List.of("one", "other")) {
      run(store, 0, "anchors.choose=" + choice, "anchors.candidates=50");
    }
    byte[][] chosen = payloads(anchors("one", name(0)));
    assertArrayEquals(chosen, payloads(anchors("other", name(0))));
    byte[][] random = payloads(anchors("random", name(0)));
    assertEquals(random.length, chosen.length, "of as many classes as many");
    assertFalse(Arrays.deepEquals(random, chosen));
  }

  private static byte[][] payloads(Anchors anchors) {
    return IntStream.range(0, anchors.size())
        .mapToObj(i -> anchors.examples().payload(i))
        .toArray(byte[][]::new);
  }

  @Test
  void dataOfEarlierNightsAreNotOpened() {
    run("store", 0);
    run("store", 1);
    reads.clear();
    run("store", 2);
    Recipe last = recipe("store", 2);
    assertEquals(
        Set.of(last.tasks().get(0).train(), last.evaluate().get("first")),
        reads,
        "neither the recipe's anchors nor earlier tasks");
  }

  @Test
  void aLateNightAndKnownTasksChangeNothing() throws IOException {
    run("store", 0);
    run("store", 3);
    Map<String, String> before = content("store");
    reads.clear();
    JsonNode late = run("store", 2);
    assertTrue(late.path("late").asBoolean(), late.toString());
    JsonNode known = run("store", 5, "tasks.0.name=task 3");
    assertTrue(known.path("known").asBoolean(), known.toString());
    assertEquals(before, content("store"));
    assertEquals(Set.of(), reads);
  }

  @Test
  void theKindOfTheNetworkIsKnownWhenThatOfTheFirstNightIsGone() {
    run("store", 0);
    String gone = temporary.resolve("gone").toString();
    NetworkKind.Lookup kinds = Networks.kinds(new Configuration());
    assertEquals(
        NetworkKind.PLAIN,
        kinds.of(new NetworkKind.Start(gone, null, temporary.resolve("store").toString())));
    NetworkKind.Start nowhere = new NetworkKind.Start(gone, null, null);
    assertThrows(FipException.class, () -> kinds.of(nowhere));
  }

  @Test
  void aRefusedNightLeavesLatestAndTheNextBeginsThere() throws IOException {
    run("store", 0);
    byte[] published = latest("store");
    JsonNode refused = run("store", 1, "gate.learned.first=1", "gate.drift=0");
    assertFalse(refused.path("published").asBoolean());
    assertEquals(3, refused.path("gate").size(), refused.toString());
    assertEquals(name(0), refused.path("latest").asText());
    assertArrayEquals(published, latest("store"));
    run("store", 2);
    run("without", 0);
    run("without", 2);
    assertArrayEquals(latest("without"), latest("store"), "as if night 1 had not been");
    nights("store").publish(name(0));
    assertArrayEquals(published, latest("store"), "moved back by hand");
    run("store", 3);
    assertEquals(name(3), nights("store").latest().orElseThrow().night());
    assertEquals(
        List.of("task 0", "task 3"),
        texts(nights("store").record(name(3)).orElseThrow().path("learned")));
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  @Test
  void anInterruptedNightIsEndedBeforeTheNext() throws IOException {
    run("store", 0);
    killed("store", 1, 2);
    run("store", 2);
    run("calm", 0);
    run("calm", 1);
    run("calm", 2);
    assertArrayEquals(latest("calm"), latest("store"));
  }

  @Test
  void anInterruptedNightWhoseTasksOthersHaveTaughtIsDropped() {
    run("store", 0);
    run("store", 1);
    nights("store").publish(name(0));
    killed("store", 2, 1, "tasks.0.name=task 1");
    nights("store").publish(name(1));
    JsonNode known = run("store", 2, "tasks.0.name=task 1");
    assertTrue(known.path("known").asBoolean(), known.toString());
    assertEquals(List.of(name(0), name(1)), nights("store").nights());
    assertTrue(run("store", 3).path("published").asBoolean());
  }

  @Test
  void aNightThatEndedAndWasNotPublishedYetIsPublished() throws IOException {
    run("store", 0);
    Path file = temporary.resolve("store/latest.json");
    String before = Files.readString(file, StandardCharsets.UTF_8);
    run("store", 1);
    String after = Files.readString(file, StandardCharsets.UTF_8);
    Files.writeString(file, before, StandardCharsets.UTF_8);
    run("store", 1);
    assertEquals(after, Files.readString(file, StandardCharsets.UTF_8));
  }

  @Test
  void aNetworkThatIsNotTheOnePublishedIsRefused() throws IOException {
    run("store", 0);
    Path weights = temporary.resolve("store/nights/" + name(0) + "/network/model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    FipException damaged = assertThrows(FipException.class, () -> run("store", 1));
    assertEquals(FipException.Category.DATA, damaged.category());
    assertTrue(damaged.getMessage().contains("model.safetensors"), damaged.getMessage());
    assertEquals(4 + 1, Network.load(new LocalFolder(weights.getParent())).classes());
  }
}
