package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.Network;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipeSource;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on embedded digits, short, without Spark. */
class JobsTest {
  private static final String TRAIN =
      """
      architecture: {architectures: [LeNet300100], input_shape: [1, 8, 8],
                     hidden_sizes: [20, 10], num_labels: 4}
      preprocessor: {image_processor_type: ViTImageProcessor, do_resize: false,
                     do_rescale: true, rescale_factor: 0.0625, do_normalize: false}
      tasks: [{name: first, train: {path: 'builtin:digits', labels: [0, 1, 2, 3]}}]
      evaluate: {first: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3]}}
      path: {steps: 60, batch: 32, learningRate: 0.01, checkpointEvery: 30}
      """;

  private static final String SEQUENCE =
      """
      keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3], limit: 20}]
      tasks:
        - {name: second, train: {path: 'builtin:digits', labels: [4, 5, 6]}}
        - {name: third, train: {path: 'builtin:digits', labels: [7, 8, 9]}}
      evaluate:
        first: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3]}
        second: {path: 'builtin:digits', split: test, labels: [4, 5, 6]}
        third: {path: 'builtin:digits', split: test, labels: [7, 8, 9]}
      baselines: [fine-tuning]
      path: {steps: 40, batch: 32, anchorBatch: 32, learningRate: 0.01, checkpointEvery: 20,
             anchorWeight: 0.05, widening: {shift: 0}}
      """;

  private static final String ONE_TASK =
      """
      keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3], limit: 60}]
      tasks: [{name: second, train: {path: 'builtin:digits', labels: [4, 5, 6]}}]
      evaluate:
        first: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3]}
        second: {path: 'builtin:digits', split: test, labels: [4, 5, 6]}
      path: {steps: 160, batch: 96, anchorBatch: 96, learningRate: 0.01, checkpointEvery: 80,
             measureEvery: 20, anchorWeight: 0.5, widening: {shift: 0}}
      """;

  private static final JobContext CONTEXT =
      new JobContext(
          new Configuration(),
          (network, settings, data) ->
              new LocalWorkers(
                  new WorkerSpec(
                      network,
                      settings.shards() == null ? 1 : settings.shards(),
                      settings.seed(),
                      settings.memory()),
                  data,
                  Device.cpu()),
          ProgressListener.NONE);

  @TempDir private Path temporary;
  private String start;

  private Recipe recipe(Command command, String text, String... sets) {
    return Recipe.resolve(command, new RecipeSource("test.yaml", text), Map.of(), List.of(sets));
  }

  private String output(String name) {
    return "output=" + temporary.resolve(name);
  }

  @BeforeEach
  void train() {
    PathResult trained = new TrainJob(CONTEXT, recipe(Command.TRAIN, TRAIN, output("start"))).run();
    start = trained.toJson().path("network").asText();
    assertTrue(trained.end().get("first").accuracy() > 0.9, trained.summary());
  }

  private AdaptResult adapt(String name) {
    return new AdaptJob(CONTEXT, recipe(Command.ADAPT, SEQUENCE, output(name), "network=" + start))
        .run();
  }

  @Test
  void aSequenceGivesTheAccuracyMatrixAndItsFigures() {
    AdaptResult result = adapt("sequence");
    JsonNode json = result.toJson();
    JsonNode matrix = json.path("accuracyMatrix");
    assertEquals(3, matrix.size());
    assertEquals(0, matrix.path(0).path(0).asDouble(), "classes that no output knows yet");
    assertTrue(matrix.path(1).path(0).asDouble() > 0.7, matrix.toString());
    assertTrue(matrix.path(2).path(1).asDouble() > 0.4, matrix.toString());
    double last = matrix.path(2).path(0).asDouble();
    assertEquals(
        (last + matrix.path(2).path(1).asDouble()) / 2,
        json.path("averageAccuracy").asDouble(),
        1e-12);
    assertEquals(
        last - matrix.path(1).path(0).asDouble(), json.path("backwardTransfer").asDouble(), 1e-12);
    assertEquals(80, json.path("steps").asLong());
    assertEquals(5, json.path("definitions").size());
    assertTrue(json.path("baselines").path("fine-tuning").path("evaluation").has("first"));
  }

  @Test
  void everyBaselineWalksTheSequenceAndHasItsFigures() {
    JsonNode json =
        new AdaptJob(
                CONTEXT,
                recipe(
                    Command.ADAPT,
                    SEQUENCE,
                    output("baselines"),
                    "network=" + start,
                    "baselines=[replay, joint, der++, ewc, lora]"))
            .run()
            .toJson();
    JsonNode baselines = json.path("baselines");
    Map<String, Double> average = new HashMap<>();
    baselines
        .properties()
        .forEach(e -> average.put(e.getKey(), e.getValue().path("averageAccuracy").asDouble()));
    assertEquals(5, average.size());
    double joint = average.remove("joint");
    average.forEach((name, value) -> assertTrue(value < joint && value > 0.1, average.toString()));
    assertTrue(baselines.path("joint").path("backwardTransfer").isMissingNode());
    assertTrue(baselines.path("der++").path("backwardTransfer").isNumber());
    assertTrue(average.get("der++") > average.get("lora"), average.toString());
    double agreement = json.at("/evaluation/first/end/agreement").asDouble();
    double accuracy = json.at("/evaluation/first/end/accuracy").asDouble();
    // Examples on which this network and the start network are right are examples they agree on.
    double before = json.at("/evaluation/first/start/accuracy").asDouble();
    assertTrue(agreement >= accuracy + before - 1, agreement + " and " + accuracy);
    assertEquals(1, json.at("/evaluation/first/start/agreement").asDouble());
  }

  @Test
  void aSequenceMayStartFromNothing() {
    String text =
        """
        architecture: {architectures: [LeNet300100], input_shape: [1, 8, 8],
                       hidden_sizes: [20, 10], num_labels: 3}
        preprocessor: {image_processor_type: ViTImageProcessor, do_resize: false,
                       do_rescale: true, rescale_factor: 0.0625, do_normalize: false}
        anchors: {perTask: 60}
        tasks:
          - {name: first, train: {path: 'builtin:digits', labels: [0, 1, 2]}}
          - {name: second, train: {path: 'builtin:digits', labels: [3, 4]}}
        evaluate:
          first: {path: 'builtin:digits', split: test, labels: [0, 1, 2]}
          second: {path: 'builtin:digits', split: test, labels: [3, 4]}
        baselines: [der++, ewc]
        path: {steps: 200, batch: 64, anchorBatch: 32, learningRate: 0.01, checkpointEvery: 100,
               anchorWeight: 0.05, widening: {shift: 0}}
        """;
    JsonNode json =
        new AdaptJob(CONTEXT, recipe(Command.ADAPT, text, output("nothing"))).run().toJson();
    assertTrue(json.path("averageAccuracy").asDouble() > 0.7, json.toString());
    assertTrue(json.at("/baselines/der++/averageAccuracy").asDouble() > 0.6, json.toString());
    assertEquals(3, json.path("accuracyMatrix").size());
  }

  /** Shares of the first and the last digits that are right in the end, and rounds. */
  private double[] learned(String name, String... sets) {
    List<String> all = new ArrayList<>(List.of(output(name), "network=" + start, "path.shards=3"));
    all.addAll(List.of(sets));
    JsonNode json =
        new AdaptJob(CONTEXT, recipe(Command.ADAPT, ONE_TASK, all.toArray(String[]::new)))
            .run()
            .toJson();
    JsonNode evaluation = json.path("evaluation");
    return new double[] {
      evaluation.path("first").path("end").path("accuracy").asDouble(),
      evaluation.path("second").path("end").path("accuracy").asDouble(),
      json.path("communication").path("rounds").asDouble()
    };
  }

  private static void assertAsGood(double[] exact, double[] other, double rounds) {
    String both = Arrays.toString(exact) + " and " + Arrays.toString(other);
    assertTrue(other[0] >= exact[0] - 0.03, both);
    assertTrue(other[1] >= exact[1] - 0.03, both);
    assertTrue(other[2] <= rounds * exact[2], both);
  }

  @Test
  void stepsOfShardsLearnAndKeepAsWellInFewerRounds() {
    double[] exact = learned("anchored");
    assertAsGood(exact, learned("local-steps", "path.localSteps=4"), 0.4);
  }

  @Test
  void solutionsOfShardsLearnAndKeepAsWellInFewerRounds() {
    double[] exact = learned("geodesic", "path.sampler=geodesic");
    double[] local = learned("local-solve", "path.sampler=geodesic", "path.geodesic.solver=local");
    assertAsGood(exact, local, 0.6);
  }

  @Test
  void labelsOfAnchorsAreKeptOnlyWhereReplayLearnsFromThem() {
    String[] sets = {
      output("kept"), "network=" + start, "path.steps=2", "baselines=[replay]", "anchors.perClass=3"
    };
    new AdaptJob(CONTEXT, recipe(Command.ADAPT, SEQUENCE, sets)).run();
    PathStore path = open("kept");
    assertEquals(List.of(0L, 2L, 4L), path.anchorSteps());
    assertEquals(20 + 3 * 3 + 3 * 3, path.anchors(4).orElseThrow().size());
    assertEquals(0, path.anchors(4).orElseThrow().examples().labels().length);
    int[] labels = open("kept/baselines/replay").anchors(4).orElseThrow().examples().labels();
    assertEquals(10, Arrays.stream(labels).distinct().count());
  }

  private PathStore open(String name) {
    return PathStore.open(
        new Configuration(), new org.apache.hadoop.fs.Path(temporary.resolve(name).toUri()));
  }

  @Test
  void whatIsWalkedIsNotWalkedAgain() throws Exception {
    JsonNode first = adapt("again").toJson();
    Path weights = temporary.resolve("again/network/model.safetensors");
    var written = Files.getLastModifiedTime(weights);
    assertEquals(first, adapt("again").toJson());
    assertEquals(written, Files.getLastModifiedTime(weights));
  }

  @Test
  void anotherRecipeOnTheSameStoreIsRefusedByItsKey() {
    adapt("other");
    FipException failure =
        assertThrows(
            FipException.class,
            () ->
                new AdaptJob(
                        CONTEXT,
                        recipe(
                            Command.ADAPT,
                            SEQUENCE,
                            output("other"),
                            "network=" + start,
                            "path.batch=16"))
                    .run());
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains("path.batch"), failure.getMessage());
  }

  @Test
  void theNumberOfShardsMayDifferOnlyWhereItDoesNotDecide() {
    String[] few = {"path.steps=20", "path.checkpointEvery=20"};
    String[] exact = {few[0], few[1], "path.sampler=geodesic"};
    learned("shards", exact);
    learned("shards", exact[0], exact[1], exact[2], "path.shards=2");
    String[] local = {exact[0], exact[1], exact[2], "path.geodesic.solver=local"};
    learned("own", local);
    FipException failure =
        assertThrows(
            FipException.class,
            () -> learned("own", local[0], local[1], local[2], local[3], "path.shards=2"));
    assertTrue(failure.getMessage().contains("path.shards"), failure.getMessage());
  }

  @Test
  void theHeadGrowsAndKeepsItsNames() {
    adapt("grown");
    Network grown = Network.load(new LocalFolder(temporary.resolve("grown/network")));
    assertEquals(10, grown.classes());
  }

  @Test
  void sparsifyLeavesExactZerosInTheWrittenNetwork() {
    String text =
        """
        keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3]}]
        evaluate: {first: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3]}}
        path: {steps: 60, checkpointEvery: 30}
        sparsity: {target: 0.7, compensate: true, stages: 3}
        """;
    PathResult result =
        new SparsifyJob(
                CONTEXT, recipe(Command.SPARSIFY, text, output("sparse"), "network=" + start))
            .run();
    Network sparse = Network.load(new LocalFolder(temporary.resolve("sparse/network")));
    int zeros = 0;
    for (float weight : sparse.weights()) {
      zeros += weight == 0 ? 1 : 0;
    }
    JsonNode sparsity = result.toJson().path("sparsity");
    assertEquals(sparsity.path("zeros").asInt(), zeros);
    assertEquals((int) Math.ceil(0.7 * sparse.weights().length), zeros);
    assertEquals(0.7, sparsity.path("achieved").asDouble(), 1e-3);
    assertTrue(result.end().get("first").accuracy() > 0.9, result.summary());
  }
}
