package org.fip.spark.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.job.AdaptJob;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.Jobs;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.manifold.SparkSetup;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Exploration;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipeSource;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;
import org.fip.spark.store.StatusFile;
import org.fip.spark.store.StoreLock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Explorations of embedded digits, short, two paths at once in this process. */
class ExploreJobTest {
  private static final String BASE =
      """
      keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3, 4], limit: 20}]
      tasks: [{name: new, train: {path: 'builtin:digits', labels: [5, 6, 7, 8, 9]}}]
      evaluate:
        old: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3, 4]}
        new: {path: 'builtin:digits', split: test, labels: [5, 6, 7, 8, 9]}
      path: {steps: 8, batch: 16, anchorBatch: 16, learningRate: 0.01, checkpointEvery: 4,
             measureEvery: 2, widening: {shift: 0}}
      """;

  private static final String GRID = "explore.grid={path.anchorWeight: [0.05, 1], seed: [0, 1]}";
  private static final JobContext CONTEXT =
      new JobContext(
          new Configuration(),
          (network, settings, data) ->
              new LocalWorkers(
                  new WorkerSpec(network, 1, settings.seed(), settings.memory()),
                  data,
                  Device.cpu()),
          ProgressListener.NONE);

  private static SparkContext spark;

  @TempDir private Path temporary;
  private Path output;

  @BeforeAll
  static void startSpark() {
    spark =
        new SparkContext(
            SparkSetup.complete(
                new SparkConf(false)
                    .setMaster("local[2]")
                    .setAppName("test")
                    .set("spark.driver.host", "127.0.0.1")
                    .set("spark.driver.bindAddress", "127.0.0.1")));
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @BeforeEach
  void saveStart() throws IOException {
    output = temporary.resolve("explored");
    save("net", 7);
  }

  private void save(String name, long seed) throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode config =
        json.readTree(
            """
            {"architectures": ["LeNet300100"], "input_shape": [1, 8, 8],
             "hidden_sizes": [20, 10], "num_labels": 5}
            """);
    JsonNode preprocessor =
        json.readTree(
            """
            {"do_resize": false, "do_rescale": true, "rescale_factor": 0.0625,
             "do_normalize": false}
            """);
    Network.initialize(new NetworkConfig(config, "test"), preprocessor, seed)
        .save(new LocalFolder(temporary.resolve(name)));
  }

  private Exploration exploration(String... sets) {
    List<String> all =
        new ArrayList<>(List.of("output=" + output, "network=" + temporary.resolve("net")));
    if (Stream.of(sets).noneMatch(set -> set.startsWith("explore.grid="))) {
      all.add(GRID);
    }
    all.addAll(List.of(sets));
    return Exploration.resolve(
        new RecipeSource("test.yaml", BASE), Map.of(), all, NetworkKind.Lookup.PLAIN);
  }

  private JsonNode explore(String... sets) {
    return run(exploration(sets)).toJson();
  }

  private static ExploreResult run(Exploration exploration) {
    return new ExploreJob(spark, CONTEXT, exploration).run();
  }

  private static Stream<JsonNode> points(JsonNode result) {
    return StreamSupport.stream(result.path("points").spliterator(), false);
  }

  private static Map<String, Long> written(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      Map<String, Long> times = new TreeMap<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        times.put(folder.relativize(file).toString(), Files.getLastModifiedTime(file).toMillis());
      }
      return times;
    }
  }

  @Test
  void everyPointIsWalkedToItsEndAndRanked() {
    ExploreResult result = run(exploration());
    JsonNode json = result.toJson();
    assertEquals(4, json.path("finished").asInt(), json.toString());
    assertEquals(List.of(1, 2), points(json).limit(2).map(p -> p.path("rank").asInt()).toList());
    assertTrue(json.path("points").path(0).path("pareto").asBoolean(), json.toString());
    points(json)
        .forEach(
            point -> {
              assertEquals("finished", point.path("status").asText());
              assertEquals(8, point.path("steps").asInt());
              assertEquals(1, point.path("attempts").asInt());
              assertTrue(point.path("measures").path("old").isNumber(), point.toString());
              assertTrue(Files.exists(networkOf(point)), point.toString());
              assertTrue(
                  point
                      .path("name")
                      .asText()
                      .matches("anchorWeight-[0-9.]+_seed-[01]_[0-9a-f]{10}"),
                  point.toString());
            });
    assertTrue(result.problem().isEmpty());
    String summary = result.summary();
    assertTrue(summary.contains("  fip export --store "), summary);
    assertTrue(summary.contains("old %"), summary);
  }

  @Test
  void jointTrainingIsAPointLikeAnother() {
    JsonNode json = explore("explore.grid={path.sampler: [anchored, joint]}");
    assertEquals(2, json.path("finished").asInt(), json.toString());
  }

  @Test
  void shardsAreAKeyWhereTheyDecide() {
    JsonNode json = explore("path.localSteps=2", "explore.grid={path.shards: [1, 2]}");
    assertEquals(2, json.path("finished").asInt(), json.toString());
    FipException nothing =
        assertThrows(
            FipException.class,
            () -> explore("output=" + temporary + "/same", "explore.grid={path.shards: [1, 2]}"));
    assertTrue(nothing.getMessage().contains("changes nothing"), nothing.getMessage());
  }

  @Test
  void oneRunAtATimeAndNoOutputOfAnotherKind() {
    try (StoreLock lock =
        StoreLock.acquire(new Configuration(), new org.apache.hadoop.fs.Path(output.toString()))) {
      assertNotNull(lock);
      FipException busy = assertThrows(FipException.class, this::explore);
      assertEquals(Category.TEMPORARY, busy.category());
    }
    explore("explore.grid={seed: [0]}");
    List<String> sets = List.of("network=" + temporary.resolve("net"), "output=" + output);
    Recipe path =
        Recipe.resolve(
            Command.ADAPT,
            new RecipeSource("test.yaml", BASE),
            Map.of(),
            sets,
            NetworkKind.Lookup.PLAIN);
    FipException other =
        assertThrows(FipException.class, () -> Jobs.run(Command.ADAPT, CONTEXT, path));
    assertTrue(other.getMessage().contains("holds an exploration"), other.getMessage());
  }

  @Test
  void theStateOfEveryPointIsShown() {
    Map<String, List<PathStatus>> shown = new TreeMap<>();
    List<Double> shares = new ArrayList<>();
    ProgressListener listener =
        new ProgressListener() {
          @Override
          public void updated(PathStatus status) {
            shown.computeIfAbsent(status.name(), name -> new ArrayList<>()).add(status);
          }

          @Override
          public void advanced(double share, String line, boolean milestone) {
            shares.add(share);
          }
        };
    JobContext context =
        new JobContext(CONTEXT.hadoop(), CONTEXT.workers(), listener, CONTEXT.data());
    Exploration exploration = exploration("explore.halving={rungs: 2, keep: 0.25}");
    JsonNode json = new ExploreJob(spark, context, exploration).run().toJson();
    assertEquals(4, shown.size());
    points(json)
        .forEach(
            point -> {
              List<PathStatus> statuses = shown.get(point.path("name").asText());
              assertEquals(State.WAITING, statuses.get(0).state());
              PathStatus last = statuses.get(statuses.size() - 1);
              assertEquals(point.path("status").asText(), last.state().label());
              assertEquals(point.path("steps").asLong(), last.progress().step());
              assertEquals(8, last.progress().steps());
              assertEquals(point.path("store").asText(), last.store());
              assertEquals(output.toString(), last.point().exploration());
              assertEquals(
                  point.path("parameters").path("seed").asText(),
                  last.point().parameters().get("seed"));
              assertEquals(
                  point.path("measures").path("old").asDouble(),
                  last.evaluation().get("old").accuracy());
              PathStatus written =
                  new StatusFile(CONTEXT.hadoop(), new org.apache.hadoop.fs.Path(last.store()))
                      .read()
                      .orElseThrow();
              assertEquals(
                  last.state() == State.FINISHED ? State.FINISHED : State.PAUSED, written.state());
              assertTrue(Files.exists(networkOf(point).resolve("../../tensorboard").normalize()));
            });
    assertEquals(1.0, shares.get(shares.size() - 1));
    assertTrue(shares.stream().allMatch(share -> share >= 0 && share <= 1), shares.toString());
  }

  private static Path networkOf(JsonNode point) {
    return Path.of(URI.create(point.path("store").asText()).getPath())
        .resolve("network/model.safetensors");
  }

  @Test
  void aPathIsTheOneThatItsRecipeWalksAlone() throws IOException {
    JsonNode point =
        points(explore())
            .filter(p -> p.path("parameters").path("seed").asInt() == 1)
            .filter(p -> p.path("parameters").path("path.anchorWeight").asDouble() == 1)
            .findFirst()
            .orElseThrow();
    Recipe alone =
        Recipe.resolve(
            Command.ADAPT,
            new RecipeSource("test.yaml", BASE),
            Map.of(),
            List.of(
                "output=" + temporary.resolve("alone"),
                "network=" + temporary.resolve("net"),
                "seed=1",
                "path.anchorWeight=1",
                GRID),
            NetworkKind.Lookup.PLAIN);
    new AdaptJob(CONTEXT, alone).run();
    assertEquals(
        -1, Files.mismatch(networkOf(point), temporary.resolve("alone/network/model.safetensors")));
  }

  @Test
  void whatIsFinishedIsNotWalkedAgainAndAChangedGridAddsPoints() throws IOException {
    JsonNode first = explore();
    Map<String, Long> before = written(output.resolve("paths"));
    JsonNode again = explore();
    assertEquals(first.path("points"), again.path("points"));
    assertEquals(before, written(output.resolve("paths")));

    JsonNode more =
        explore("explore.grid={path.anchorWeight: [0.05, 1], seed: [0, 1, 2], path.batch: [16]}");
    assertEquals(6, more.path("finished").asInt(), more.toString());
    Map<String, Long> after = written(output.resolve("paths"));
    before.forEach((file, time) -> assertEquals(time, after.get(file), file));
  }

  @Test
  void anotherRecipeForTheSameExplorationIsRefusedByItsKey() {
    explore();
    FipException failure =
        assertThrows(FipException.class, () -> explore("path.learningRate=0.02"));
    assertEquals(Category.DATA, failure.category());
    assertTrue(
        failure.getMessage().contains("begun with path.learningRate = 0.01, the recipe says 0.02"),
        failure.getMessage());
    // What only decides speed and where things are may change.
    explore("path.memory=1g", "path.evaluateEvery=4");
  }

  @Test
  void aPointThatFailsDoesNotStopTheOthersAndIsTriedAgain() throws IOException {
    String grid =
        "explore.grid={network: [%s, %s], seed: [0, 1]}"
            .formatted(temporary.resolve("net"), temporary.resolve("absent"));
    ExploreResult failed = run(exploration(grid, "path.anchorWeight=0.05"));
    JsonNode json = failed.toJson();
    assertEquals(2, json.path("failed").asInt(), json.toString());
    assertEquals(2, json.path("finished").asInt(), json.toString());
    JsonNode point = json.path("points").path(json.path("points").size() - 1);
    assertEquals("failed", point.path("status").asText());
    assertTrue(point.path("error").asText().contains("absent"), point.toString());
    assertEquals(1, point.path("attempts").asInt(), "a missing network is not looked for again");
    FipException problem = failed.problem().orElseThrow();
    assertEquals(Category.NOT_FOUND, problem.category());
    assertTrue(problem.getMessage().startsWith("2 of 4 points failed"), problem.getMessage());

    save("absent", 8);
    JsonNode mended = explore(grid, "path.anchorWeight=0.05");
    assertEquals(4, mended.path("finished").asInt(), mended.toString());
    assertNotEquals(json.path("points"), mended.path("points"));
  }

  @Test
  void whatTryingAgainMayMendIsTriedAgain() throws IOException {
    String name = points(explore()).findFirst().orElseThrow().path("name").asText();
    Path store = output.resolve("paths").resolve(name);
    delete(store);
    delete(output.resolve("points/" + name + ".json"));
    Files.writeString(store, "a file where a folder has to be");
    ExploreResult result = run(exploration("explore.retries=1"));
    JsonNode failed =
        points(result.toJson())
            .filter(point -> point.path("name").asText().equals(name))
            .findFirst()
            .orElseThrow();
    assertEquals("failed", failed.path("status").asText(), result.summary());
    assertEquals(2, failed.path("attempts").asInt(), failed.toString());
    assertEquals(Category.STORAGE, result.problem().orElseThrow().category());
    assertEquals(3, result.toJson().path("finished").asInt(), result.summary());
  }

  @Test
  void aPathGoesOnFromItsNewestWaypoint() throws IOException {
    Map<String, byte[]> whole = weights(explore());
    JsonNode first = points(explore()).findFirst().orElseThrow();
    Path store = networkOf(first).getParent().getParent();
    // As an executor leaves it that dies after step 4, and a driver that never heard of more.
    for (String name : List.of("network", "waypoints/000008")) {
      delete(store.resolve(name));
    }
    delete(output.resolve("points/" + first.path("name").asText() + ".json"));
    var kept = Files.getLastModifiedTime(store.resolve("waypoints/000004/manifest.json"));
    Map<String, byte[]> resumed = weights(explore());
    assertEquals(whole.keySet(), resumed.keySet());
    whole.forEach((name, bytes) -> assertEquals(0, Arrays.compare(bytes, resumed.get(name))));
    assertEquals(kept, Files.getLastModifiedTime(store.resolve("waypoints/000004/manifest.json")));
  }

  private static Map<String, byte[]> weights(JsonNode result) throws IOException {
    Map<String, byte[]> weights = new TreeMap<>();
    for (JsonNode point : points(result).toList()) {
      weights.put(point.path("name").asText(), Files.readAllBytes(networkOf(point)));
    }
    return weights;
  }

  private static void delete(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void halvingStopsDominatedPathsEarlyAndTheOthersEndAtTheSameBits() throws IOException {
    String grid = "explore.grid={path.learningRate: [1e-5, 2e-5, 0.003, 0.01]}";
    String[] one = {grid, "path.anchorWeight=0.05", "path.checkpointEvery=2"};
    String[] halving = {
      grid,
      "explore.rank=new",
      "explore.measures={new: {of: evaluate.new.loss}}",
      "explore.halving={rungs: 3, keep: 0.5}",
      "path.anchorWeight=0.05",
      "path.checkpointEvery=2",
      "output=" + temporary.resolve("halved")
    };
    JsonNode all = explore(one);
    JsonNode halved = explore(halving);
    assertEquals(4, all.path("finished").asInt());
    assertTrue(halved.path("stopped").asInt() == 3, halved.toString());
    long steps = points(halved).mapToLong(p -> p.path("steps").asLong()).sum();
    assertTrue(steps == 2 + 2 + 4 + 8, steps + " steps in " + halved);
    Map<String, byte[]> whole = weights(all);
    for (JsonNode point : points(halved).toList()) {
      boolean finished = point.path("status").asText().equals("finished");
      assertEquals(finished, Files.exists(networkOf(point)), point.toString());
      if (finished) {
        byte[] alone = whole.get(point.path("name").asText());
        assertEquals(0, Arrays.compare(alone, Files.readAllBytes(networkOf(point))));
        assertEquals(3, point.path("rungs").size(), point.toString());
      }
    }
    assertEquals(halved.path("points"), explore(halving).path("points"));
    JsonNode unhalved =
        explore(
            Stream.concat(Stream.of(halving), Stream.of("explore.halving.rungs=1"))
                .toArray(String[]::new));
    assertEquals(4, unhalved.path("finished").asInt(), "what was stopped can be taken up again");
  }

  @Test
  void sparsityIsAMeasure() {
    JsonNode result =
        explore(
            "explore.command=sparsify",
            "explore.grid={sparsity.target: [0.3, 0.6]}",
            "path.anchorWeight=1",
            "explore.measures={zeros: {of: sparsity.achieved}, kept: {of: evaluate.old.loss}}",
            "explore.rank=zeros",
            "evaluate.new.labels=[0]",
            "sparsity.stages=2");
    JsonNode best = result.path("points").path(0);
    assertEquals(
        0.6, best.path("parameters").path("sparsity.target").asDouble(), result.toString());
    assertEquals(0.6, best.path("measures").path("zeros").asDouble(), 0.01);
  }

  @Test
  void theWholeCurveOfSparsitiesIsWalked() {
    JsonNode result =
        explore(
            "explore.command=sparsify",
            "explore.grid={seed: [0, 1]}",
            "path.anchorWeight=1",
            "explore.measures={zeros: {of: sparsity.achieved}}",
            "evaluate.new.labels=[0]",
            "sparsity.stages=2",
            "sparsity.curve=[0.3, 0.6]");
    JsonNode best = result.path("points").path(0);
    assertEquals(16, best.path("steps").asInt(), result.toString());
    assertEquals(0.6, best.path("measures").path("zeros").asDouble(), 0.01, result.toString());
  }

  @Test
  void robustnessIsAMeasure() {
    JsonNode result =
        explore(
            "explore.command=robustify",
            "explore.grid={robustify.attack.epsilon: [0.02, 0.3]}",
            "path.anchorWeight=1",
            "evaluate.new.labels=[0]",
            "robustify.test={limit: 20, steps: 3, restarts: 1, adaptiveSteps: 3, queries: 10}",
            "explore.measures={robust: {of: 'evaluate.old robust'}}");
    JsonNode best = result.path("points").path(0);
    double robust = best.path("measures").path("robust").asDouble();
    assertEquals(
        0.02,
        best.path("parameters").path("robustify.attack.epsilon").asDouble(),
        result.toString());
    assertTrue(robust > result.at("/points/1/measures/robust").asDouble(), result.toString());
  }

  @Test
  void whatEnsemblesCanDoIsAMeasure() {
    JsonNode result =
        explore(
            "explore.command=diversify",
            "explore.grid={seed: [0, 1]}",
            "path.anchorWeight=1",
            "evaluate.new.labels=[0]",
            "diversify.members=2",
            "explore.measures={ensemble: {of: evaluate.old}, worst: {of: worst.old},"
                + " differ: {of: disagreement.old}, transferred: {of: transferred.old}}");
    assertEquals(2, result.path("finished").asInt(), result.toString());
    JsonNode best = result.path("points").path(0);
    assertEquals(16, best.path("steps").asInt(), result.toString());
    for (String name : List.of("ensemble", "worst", "differ", "transferred")) {
      assertTrue(best.path("measures").path(name).isNumber(), name + " in " + result);
    }
  }

  @Test
  void whatIsLostBetweenTwoNetworksIsAMeasure() throws IOException {
    save("other", 9);
    JsonNode result =
        explore(
            "explore.command=connect",
            "explore.grid={path.learningRate: [0.001, 0.01]}",
            "evaluate.new.labels=[0]",
            "connect.to=" + temporary.resolve("other"),
            "explore.measures={drop: {of: drop.old}, barrier: {of: barrier.old}}");
    assertEquals(2, result.path("finished").asInt(), result.toString());
    double least = result.at("/points/0/measures/barrier").asDouble();
    assertTrue(least <= result.at("/points/1/measures/barrier").asDouble(), result.toString());
  }

  @Test
  void trainingIsExplored() {
    JsonNode result =
        explore(
            "explore.command=train",
            "explore.grid={path.learningRate: [1e-6, 0.01]}",
            "network=",
            "architecture={architectures: [LeNet300100], input_shape: [1, 8, 8],"
                + " hidden_sizes: [20, 10], num_labels: 10}",
            "preprocessor={do_resize: false, do_rescale: true, rescale_factor: 0.0625,"
                + " do_normalize: false}",
            "explore.measures={new: {of: evaluate.new.loss}}");
    JsonNode best = result.path("points").path(0);
    assertEquals(
        0.01, best.path("parameters").path("path.learningRate").asDouble(), result.toString());
  }

  @Test
  void wrongDataAreRefusedBeforeAnyPathIsWalked() {
    FipException failure =
        assertThrows(
            FipException.class,
            () -> explore("evaluate={other: {path: " + temporary.resolve("none") + "}}"));
    assertEquals(Category.NOT_FOUND, failure.category());
    assertFalse(Files.exists(output));
  }

  @Test
  void whatFailedFromTheBeginningMayBeCorrected() {
    JsonNode failed = explore("evaluate.new.labelOffset=100");
    assertEquals(4, failed.path("failed").asInt(), failed.toString());
    JsonNode corrected = explore();
    assertEquals(4, corrected.path("points").size(), corrected.toString());
    assertEquals(4, corrected.path("finished").asInt(), corrected.toString());
  }
}
