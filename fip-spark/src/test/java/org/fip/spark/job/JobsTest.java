package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import org.apache.hadoop.conf.Configuration;
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
             anchorWeight: 0.05, relativeWeight: false, widening: {shift: 0}}
      """;

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
  private String start;

  private String output(String name) {
    return "output=" + temporary.resolve(name);
  }

  @BeforeEach
  void train() {
    PathResult trained =
        new TrainJob(CONTEXT, Digits.recipe(Command.TRAIN, TRAIN, output("start"))).run();
    start = trained.toJson().path("network").asText();
    assertTrue(trained.end().get("first").accuracy() > 0.9, trained.summary());
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
    assertEquals(6, json.path("definitions").size());
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
                    SEQUENCE,
                    output("baselines"),
                    "network=" + start,
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

  private AdaptResult adapt(String name, String... sets) {
    List<String> all = new ArrayList<>(List.of(output(name), "network=" + start));
    all.addAll(List.of(sets));
    return new AdaptJob(CONTEXT, Digits.recipe(Command.ADAPT, SEQUENCE, all.toArray(String[]::new)))
        .run();
  }

  /** The rows of the head, weights and offsets, at a step. */
  private float[][] headRows(String name, long step) {
    Network network = Network.load(new LocalFolder(temporary.resolve(name).resolve("start")));
    float[] weights = open(name).read(step).state().weights();
    float[][] rows = new float[network.classes()][];
    for (int row = 0; row < rows.length; row++) {
      int own = row;
      rows[row] = new float[0];
      for (String tensor : network.graph().head()) {
        var slot = network.layout().find(tensor).orElseThrow();
        int length = slot.parameter().size() / rows.length;
        int from = slot.offset() + own * length;
        float[] part = Arrays.copyOfRange(weights, from, from + length);
        float[] all = Arrays.copyOf(rows[row], rows[row].length + length);
        System.arraycopy(part, 0, all, rows[row].length, length);
        rows[row] = all;
      }
    }
    return rows;
  }

  @Test
  void anOutputTakesPartFromTheTaskOnThatHasItsLabel() {
    adapt("growing", "baselines=[]");
    float[][] second = headRows("growing", 40);
    float[][] third = headRows("growing", 80);
    for (int row = 0; row < 10; row++) {
      float[] none = new float[second[row].length];
      assertEquals(row >= 7, Arrays.equals(none, second[row]), "output " + row);
      assertTrue(!Arrays.equals(none, third[row]), "output " + row);
    }
  }

  @Test
  void tasksWithHeadsOfTheirOwnLeaveTheOthersAndAreEasier() {
    JsonNode one = adapt("one-head", "baselines=[]").toJson();
    AdaptResult result =
        adapt("heads", "incremental=task", "baselines=[fine-tuning, replay, joint, der++, ewc]");
    JsonNode json = result.toJson();
    assertEquals("task", json.path("incremental").asText());
    assertTrue(json.path("definitions").path("accuracy").asText().contains("their own task"));
    assertTrue(
        json.path("averageAccuracy").asDouble() > one.path("averageAccuracy").asDouble() + 0.02,
        json + "\n" + one);
    assertTrue(json.at("/evaluation/first/end/accuracy").asDouble() > 0.85, json.toString());
    for (String baseline : List.of("replay", "joint", "der++")) {
      JsonNode run = json.path("baselines").path(baseline);
      assertTrue(run.path("averageAccuracy").asDouble() > 0.8, baseline + ": " + run);
    }
    float[][] before = headRows("heads/baselines/fine-tuning", 0);
    float[][] second = headRows("heads/baselines/fine-tuning", 40);
    float[][] third = headRows("heads/baselines/fine-tuning", 80);
    for (int row = 0; row < 10; row++) {
      assertEquals(row < 4 || row >= 7, Arrays.equals(before[row], second[row]), "row " + row);
      assertEquals(row < 7, Arrays.equals(second[row], third[row]), "row " + row);
    }
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
            () -> Digits.recipe(Command.TRAIN, TRAIN, output("other"), setting));
    assertTrue(other.getMessage().contains(key), other.getMessage());
  }

  private static double firstOf(AdaptResult result) {
    return result.toJson().at("/evaluation/first/end/accuracy").asDouble();
  }

  @Test
  void labelsThatAreNotWhatTheRecipeSaysAreRefused() {
    String shared =
        "tasks=[{name: a, train: {path: 'builtin:digits', labels: [4, 5]}},"
            + " {name: b, train: {path: 'builtin:digits', labels: [5, 6, 7, 8, 9]}}]";
    assertRefused("share the label 5", "incremental=task", shared);
    assertRefused(
        "labels of several tasks", "incremental=task", "evaluate.all={path: 'builtin:digits'}");
    assertRefused("incremental: domain", "incremental=domain");
  }

  private void assertRefused(String part, String... sets) {
    FipException failure = assertThrows(FipException.class, () -> adapt("refused", sets));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains(part), failure.getMessage());
  }

  @Test
  void theWeightOfTheDriftIsChosenForEachTaskAndGoesOnAfterAKill() {
    String[] sets = {
      "path.anchorWeight=auto",
      "path.auto.weights=[0.0, 0.05, 2.0]",
      "path.auto.steps=10",
      "baselines=[]"
    };
    JsonNode json = adapt("chosen", sets).toJson();
    assertEquals(2, json.path("anchorWeights").size());
    assertEquals(2 * 40 + 2 * 3 * 10, json.path("gradientEvaluations").asDouble());
    String[] all = Arrays.copyOf(sets, sets.length + 2);
    all[sets.length] = output("killed");
    all[sets.length + 1] = "network=" + start;
    for (int commits = 1; commits <= 3; commits++) {
      JobContext killed = Digits.killedAfter(commits == 1 ? 1 : 2);
      assertThrows(
          Digits.Killed.class,
          () -> new AdaptJob(killed, Digits.recipe(Command.ADAPT, SEQUENCE, all)).run());
    }
    JsonNode resumed =
        new AdaptJob(CONTEXT, Digits.recipe(Command.ADAPT, SEQUENCE, all)).run().toJson();
    assertEquals(json.path("anchorWeights"), resumed.path("anchorWeights"));
    assertEquals(json.path("gradientEvaluations"), resumed.path("gradientEvaluations"));
    assertArrayEquals(
        open("chosen").read(80).state().weights(), open("killed").read(80).state().weights());
  }

  @Test
  void samplersStopAtEqualGradientEvaluations() {
    for (String solver : List.of("exact", "local")) {
      JsonNode json =
          adapt(
                  solver,
                  "path.sampler=geodesic",
                  "path.geodesic.solver=" + solver,
                  "path.gradientEvaluations=60",
                  "baselines=[]")
              .toJson();
      double cost = json.path("gradientEvaluations").asDouble();
      assertTrue(cost > 2 * 50 && cost < 2 * 70, json.toString());
      assertTrue(json.path("steps").asLong() < 40, json.toString());
    }
  }

  /** Shares of the first and the last digits that are right in the end, and rounds. */
  private double[] learned(String name, String... sets) {
    List<String> all =
        new ArrayList<>(
            List.of(output(name), "network=" + start, "path.shards=3", "path.logitAdjustment=0"));
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
      output("kept"), "network=" + start, "path.steps=2", "baselines=[replay]", "anchors.perClass=3"
    };
    new AdaptJob(CONTEXT, Digits.recipe(Command.ADAPT, SEQUENCE, sets)).run();
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
                        Digits.recipe(
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
                CONTEXT,
                Digits.recipe(Command.SPARSIFY, text, output("sparse"), "network=" + start))
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
