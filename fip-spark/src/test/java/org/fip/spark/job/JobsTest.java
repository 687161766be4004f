package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.network.Network;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.recipe.Command;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on embedded digits, short, without Spark. */
class JobsTest {
  private static final String ONE_TASK =
      """
      keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3], limit: 60}]
      tasks: [{name: second, train: {path: 'builtin:digits', labels: [4, 5, 6]}}]
      evaluate:
        first: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3]}
        second: {path: 'builtin:digits', split: test, labels: [4, 5, 6]}
      path: {steps: 160, batch: 96, anchorBatch: 96, learningRate: 0.01, checkpointEvery: 80,
             measureEvery: 20, anchorWeight: 0.5, relativeWeight: false, widening: {shift: 0}}
      """;

  private static final JobContext CONTEXT = Digits.CONTEXT;

  @TempDir private Path temporary;
  private DigitSequence sequence;

  @BeforeEach
  void train() {
    sequence = DigitSequence.train(temporary);
  }

  private String output(String name) {
    return sequence.output(name);
  }

  private AdaptResult adapt(String name, String... sets) {
    return sequence.adapt(name, sets);
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
    assertEquals(9, json.path("definitions").size());
    assertEquals(80, json.path("gradientEvaluations").asDouble());
    assertTrue(json.path("baselines").path("fine-tuning").path("evaluation").has("first"));
  }

  @Test
  void everyBaselineWalksTheSequenceAndHasItsFigures() {
    JsonNode json =
        new AdaptJob(
                CONTEXT,
                Digits.recipe(
                    Command.ADAPT,
                    DigitSequence.RECIPE,
                    output("baselines"),
                    "network=" + sequence.start(),
                    "baselines=[replay, joint, der++, ewc, lora]"))
            .run()
            .toJson();
    JsonNode baselines = json.path("baselines");
    Map<String, Double> average = new HashMap<>();
    baselines.properties().forEach(e -> average.put(e.getKey(), averageOfSets(e.getValue())));
    assertEquals(5, average.size());
    double joint = average.remove("joint");
    average.forEach(
        (name, value) -> assertTrue(value < joint && value > 0.1, average + " and joint " + joint));
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

  /** Over all evaluation sets, that of what the start network knew among them. */
  private static double averageOfSets(JsonNode run) {
    return run.path("evaluation").properties().stream()
        .mapToDouble(set -> set.getValue().path("accuracy").asDouble())
        .average()
        .orElseThrow();
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
               anchorWeight: 0.05, relativeWeight: false, widening: {shift: 0}}
        """;
    JsonNode json =
        new AdaptJob(CONTEXT, Digits.recipe(Command.ADAPT, text, output("nothing"))).run().toJson();
    assertTrue(json.path("averageAccuracy").asDouble() > 0.7, json.toString());
    assertTrue(json.at("/baselines/der++/averageAccuracy").asDouble() > 0.6, json.toString());
    assertEquals(3, json.path("accuracyMatrix").size());
  }

  @Test
  void elasticWeightsHoldLowRankChangesToo() {
    String[] sets = {
      "path.lowRank.rank=2", "path.sampler=ewc", "baselines=[]", "path.ewc.lambda=0"
    };
    double free = firstOf(adapt("free", sets));
    sets[3] = "path.ewc.lambda=1000000";
    double held = firstOf(adapt("held", sets));
    assertTrue(held > free + 0.1, held + " held, " + free + " free");
  }

  @Test
  void examplesOfTheTaskHoldWhatIsKept() {
    assertKeepsMore("path.taskAnchors", "0.5", "path.anchorWeight=0.5", "path.logitAdjustment=0");
    assertRefused("path.taskAnchors", "path.taskAnchors=0.5", "path.hiddenWeight=1");
  }

  @Test
  void newClassesThatNeedToLeadByLessLeaveMoreOfTheOldOnes() {
    assertKeepsMore("path.logitAdjustment", "1", "path.anchorWeight=0.02");
  }

  /** With one image of a class, which does not hold the others by itself; for adapt alone. */
  private void assertKeepsMore(String key, String value, String... given) {
    String setting = key + "=" + value;
    List<String> sets = new ArrayList<>(List.of(given));
    sets.add("keep.0.limit=4");
    sets.add(key + "=0");
    double without = firstOf(adapt("without", sets.toArray(String[]::new)));
    sets.set(sets.size() - 1, setting);
    double with = firstOf(adapt("with", sets.toArray(String[]::new)));
    assertTrue(with > without + 0.05, with + " with " + setting + ", " + without + " without");
    FipException other =
        assertThrows(
            FipException.class,
            () -> Digits.recipe(Command.TRAIN, DigitSequence.TRAIN, output("other"), setting));
    assertTrue(other.getMessage().contains(key), other.getMessage());
  }

  private static double firstOf(AdaptResult result) {
    return result.toJson().at("/evaluation/first/end/accuracy").asDouble();
  }

  private void assertRefused(String part, String... sets) {
    FipException failure = assertThrows(FipException.class, () -> adapt("refused", sets));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains(part), failure.getMessage());
  }

  /** Shares of the first and the last digits that are right in the end, and rounds. */
  private double[] learned(String name, String... sets) {
    List<String> all =
        new ArrayList<>(
            List.of(
                output(name), "network=" + sequence.start(), "path.shards=3", "path.steps=320"));
    all.addAll(List.of(sets));
    JsonNode json =
        new AdaptJob(CONTEXT, Digits.recipe(Command.ADAPT, ONE_TASK, all.toArray(String[]::new)))
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
      output("kept"),
      "network=" + sequence.start(),
      "path.steps=2",
      "baselines=[replay]",
      "anchors.perClass=3"
    };
    new AdaptJob(CONTEXT, Digits.recipe(Command.ADAPT, DigitSequence.RECIPE, sets)).run();
    PathStore path = sequence.open("kept");
    assertEquals(List.of(0L, 2L, 4L), path.anchorSteps());
    assertEquals(20 + 3 * 3 + 3 * 3, path.anchors(4).orElseThrow().size());
    assertEquals(0, path.anchors(4).orElseThrow().examples().labels().length);
    int[] labels =
        sequence.open("kept/baselines/replay").anchors(4).orElseThrow().examples().labels();
    assertEquals(10, Arrays.stream(labels).distinct().count());
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
                        Digits.recipe(
                            Command.ADAPT,
                            DigitSequence.RECIPE,
                            output("other"),
                            "network=" + sequence.start(),
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
                CONTEXT,
                Digits.recipe(
                    Command.SPARSIFY, text, output("sparse"), "network=" + sequence.start()))
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
