package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.fip.core.FipException;
import org.fip.core.anchors.Anchors;
import org.fip.spark.data.DataFiles;
import org.fip.spark.recipe.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads, weights and work along a sequence of tasks. */
class TaskWalkTest {
  private static final JobContext CONTEXT = Digits.CONTEXT;

  private static final String FROM_NOTHING =
      """
      architecture: {architectures: [LeNet300100], input_shape: [1, 8, 8],
                     hidden_sizes: [20, 10], num_labels: 10}
      preprocessor: {image_processor_type: ViTImageProcessor, do_resize: false,
                     do_rescale: true, rescale_factor: 0.0625, do_normalize: false}
      tasks:
        - {name: first, train: {path: 'builtin:digits', labels: [0, 1, 2]}}
        - {name: second, train: {path: 'builtin:digits', labels: [3, 4]}}
      evaluate: {first: {path: 'builtin:digits', split: test, labels: [0, 1, 2]}}
      path: {steps: 40, batch: 32, anchorBatch: 32, learningRate: 0.01, checkpointEvery: 20}
      """;

  @TempDir private Path temporary;
  private DigitSequence sequence;

  @BeforeEach
  void train() {
    sequence = DigitSequence.train(temporary);
  }

  private AdaptResult adapt(String name, String... sets) {
    return sequence.adapt(name, sets);
  }

  @Test
  void anOutputTakesPartFromTheTaskOnThatHasItsLabel() {
    adapt("growing", "baselines=[]");
    float[][] second = sequence.headRows("growing", 40);
    float[][] third = sequence.headRows("growing", 80);
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
    float[][] before = sequence.headRows("heads/baselines/fine-tuning", 0);
    float[][] second = sequence.headRows("heads/baselines/fine-tuning", 40);
    float[][] third = sequence.headRows("heads/baselines/fine-tuning", 80);
    for (int row = 0; row < 10; row++) {
      assertEquals(row < 4 || row >= 7, Arrays.equals(before[row], second[row]), "row " + row);
      assertEquals(row < 7, Arrays.equals(second[row], third[row]), "row " + row);
    }
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
    all[sets.length] = sequence.output("killed");
    all[sets.length + 1] = "network=" + sequence.start();
    for (int commits = 1; commits <= 3; commits++) {
      JobContext killed = Digits.killedAfter(commits == 1 ? 1 : 2);
      assertThrows(
          Digits.Killed.class,
          () ->
              new AdaptJob(killed, Digits.recipe(Command.ADAPT, DigitSequence.RECIPE, all)).run());
    }
    JsonNode resumed =
        new AdaptJob(CONTEXT, Digits.recipe(Command.ADAPT, DigitSequence.RECIPE, all))
            .run()
            .toJson();
    assertEquals(json.path("anchorWeights"), resumed.path("anchorWeights"));
    assertEquals(json.path("gradientEvaluations"), resumed.path("gradientEvaluations"));
    assertArrayEquals(
        sequence.open("chosen").read(80).state().weights(),
        sequence.open("killed").read(80).state().weights());
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

  private void assertRefused(String part, String... sets) {
    FipException failure = assertThrows(FipException.class, () -> adapt("refused", sets));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains(part), failure.getMessage());
  }

  @Test
  void outputsOfANewNetworkComeWithTheTasksThatHaveTheirLabels() {
    sequence.walk(FROM_NOTHING, "nothing");
    for (long step : new long[] {0, 40, 80}) {
      int known = step == 0 || step == 40 ? 3 : 5;
      float[][] rows = sequence.headRows("nothing", step);
      for (int row = 0; row < 10; row++) {
        boolean zero = Arrays.equals(new float[rows[row].length], rows[row]);
        assertEquals(row >= known, zero, "output " + row + " at step " + step);
      }
    }
  }

  @Test
  void baselinesOfOtherStepsTakeAsManyGradients() {
    JsonNode json =
        adapt(
                "equal",
                "path.sampler=geodesic",
                "path.gradientEvaluations=40",
                "baselines=[fine-tuning, joint]")
            .toJson();
    assertTrue(json.path("steps").asLong() < 30, json.toString());
    for (String baseline : List.of("fine-tuning", "joint")) {
      assertEquals(
          2 * 40, json.at("/baselines/" + baseline + "/gradientEvaluations").asDouble(), baseline);
    }
  }

  @Test
  void stepsThatKeepNothingAreAsManyAsTheirGradients() {
    String[] sets = {"path.sampler=geodesic", "path.gradientEvaluations=40", "baselines=[]"};
    JsonNode json = sequence.walk(FROM_NOTHING, "free", sets).toJson();
    double cost = json.path("gradientEvaluations").asDouble();
    assertTrue(cost > 40 + 30 && cost <= 40 + 45, json.toString());
    assertTrue(json.path("steps").asLong() > 40 + 3, json.toString());
    assertEquals(json, sequence.walk(FROM_NOTHING, "free", sets).toJson());
  }

  @Test
  void aTaskThatIsAddedToAPathIsRefusedAsAnotherRecipe() {
    adapt("added", "baselines=[]");
    String more =
        "tasks=[{name: second, train: {path: 'builtin:digits', labels: [4, 5, 6]}},"
            + " {name: third, train: {path: 'builtin:digits', labels: [7, 8, 9]}},"
            + " {name: more, train: {path: 'builtin:digits', labels: [0], labelOffset: 10}}]";
    FipException failure =
        assertThrows(FipException.class, () -> adapt("added", "baselines=[]", more));
    assertTrue(failure.getMessage().contains("begun with"), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"exact", "local"})
  void outputsOfLaterTasksStayByTheFisherMetricToo(String solver) {
    sequence.adapt(
        "fisher",
        "baselines=[]",
        "path.sampler=geodesic",
        "path.geodesic.metric=fisher",
        "path.geodesic.solver=" + solver,
        "path.steps=4",
        "path.checkpointEvery=4");
    float[][] before = sequence.headRows("fisher", 0);
    float[][] after = sequence.headRows("fisher", 4);
    for (int row = 0; row < after.length; row++) {
      assertEquals(row > 6, Arrays.equals(before[row], after[row]), "output " + row);
    }
  }

  @Test
  void hiddenLayersAreNotComparedWhereOutputsAreToComeThatWouldMove() {
    assertRefused("path.hiddenWeight", "path.hiddenWeight=1", "path.distance=kl");
  }

  @Test
  void whatIsKeptNeedsLabelsWhereABaselineReadsThem() throws IOException {
    Path images = temporary.resolve("images/train.parquet");
    DataFiles.parquet(
        images,
        "message m { optional group image { optional binary bytes; } }",
        CompressionCodecName.ZSTD,
        4,
        (row, group) ->
            group
                .addGroup("image")
                .add("bytes", Binary.fromConstantByteArray(DataFiles.blackPng(8, 8))));
    String keep = "keep=[{path: '" + images.getParent() + "'}]";
    assertRefused("read the labels of keep", keep, "baselines=[fine-tuning, der++]");
    assertRefused("must be of one kind", keep, "baselines=[fine-tuning]");
    String tasks = "tasks=[{name: second, train: {path: '" + labelledImages() + "'}}]";
    adapt("refused", keep, tasks, "baselines=[]");
    assertRefused("read the labels of keep", keep, tasks, "baselines=[der++]");
    adapt("refused", keep, tasks, "baselines=[fine-tuning]");
  }

  private Path labelledImages() throws IOException {
    Path images = temporary.resolve("labelled/train.parquet");
    DataFiles.parquet(
        images,
        "message m { optional group image { optional binary bytes; } optional int64 label; }",
        CompressionCodecName.ZSTD,
        12,
        (row, group) -> {
          group
              .addGroup("image")
              .add("bytes", Binary.fromConstantByteArray(DataFiles.blackPng(8, 8)));
          group.add("label", 4L + row % 6);
        });
    return images.getParent();
  }

  @Test
  void agreementIsWithTheNetworkThatTheSequenceStartsFrom() {
    JsonNode json = adapt("agreement", "baselines=[fine-tuning]").toJson();
    JsonNode first = json.at("/evaluation/first/end");
    JsonNode second = json.at("/evaluation/second/end");
    assertTrue(first.path("agreement").asDouble() > 0.4, json.toString());
    assertEquals(first.path("accuracy").asDouble(), first.path("agreement").asDouble(), 0.1);
    assertTrue(second.path("accuracy").asDouble() > 0.25, json.toString());
    assertTrue(second.path("agreement").asDouble() < 0.2, json.toString());
    assertEquals(2, json.path("drifts").size());
    assertEquals(json.path("drift"), json.at("/drifts/1"));
    assertTrue(json.at("/baselines/fine-tuning/drifts/0").asDouble() > 0, json.toString());
  }

  @Test
  void labelsThatCannotBeLearnedAreRefused() {
    assertRefused("path.tensors", "baselines=[]", "path.tensors.include=['fc[12].*']");
  }

  @Test
  void aTaskThatComesAgainIsKeptByOtherExamples() {
    String tasks =
        "tasks=[{name: second, train: {path: 'builtin:digits', labels: [4, 5, 6]}},"
            + " {name: third, train: {path: 'builtin:digits', labels: [7, 8, 9]}},"
            + " {name: again, train: {path: 'builtin:digits', labels: [4, 5, 6]}}]";
    adapt("again", "baselines=[]", "anchors.perTask=12", tasks);
    Anchors memory = sequence.open("again").anchors(120).orElseThrow();
    assertEquals(20 + 3 * 12, memory.size());
    long distinct =
        IntStream.range(0, memory.size())
            .mapToObj(i -> ByteBuffer.wrap(memory.examples().payload(i)))
            .distinct()
            .count();
    assertEquals(memory.size(), distinct);
  }
}
