package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.fip.spark.manifold.SparkWorkers;
import org.fip.spark.manifold.TestSpark;
import org.fip.spark.recipe.Command;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every job whose steps are taken by all executors at once ends at the bits of one machine. */
class StageJobsTest {
  private static final String COMMON =
      """
      keep: [{path: 'builtin:digits', limit: 40}]
      evaluate: {digits: {path: 'builtin:digits', split: test, limit: 40}}
      path: {steps: 4, batch: 16, anchorBatch: 16, checkpointEvery: 4, shards: 2}
      """;

  private static final String TASKS =
      """
      tasks: [{name: one, train: {path: 'builtin:digits', labels: [0, 1], limit: 40}}]
      """;

  /** The outputs of the second task take no part in the first. */
  private static final String NEW_CLASSES =
      """
      tasks:
        - {name: one, train: {path: 'builtin:digits', labels: [0, 1], labelOffset: 10, limit: 40}}
        - {name: two, train: {path: 'builtin:digits', labels: [2, 3], labelOffset: 10, limit: 40}}
      """;

  private static SparkContext spark;
  private static String start;
  private static String other;

  @TempDir private static Path temporary;

  @BeforeAll
  static void start() {
    start = Digits.train(temporary.resolve("start"), 0, "path.steps=20", "path.checkpointEvery=20");
    other = Digits.train(temporary.resolve("other"), 1, "path.steps=20", "path.checkpointEvery=20");
    spark = TestSpark.start(TestSpark.CLUSTER);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  static Stream<Arguments> jobs() {
    return Stream.of(
        Arguments.of(Command.TRAIN, TASKS, List.of(), "network"),
        Arguments.of(
            Command.ADAPT,
            TASKS,
            List.of("baselines=[replay, der++, ewc, lora]"),
            "baselines/ewc/network"),
        Arguments.of(Command.ADAPT, TASKS, List.of("path.keepWithin=0.1"), "network"),
        Arguments.of(
            Command.ADAPT,
            TASKS,
            List.of(
                "path.anchorWeight=auto",
                "path.auto={weights: [0.1, 1.0], steps: 2, heldOut: 0.25}"),
            "network"),
        Arguments.of(Command.ADAPT, NEW_CLASSES, List.of(), "network"),
        Arguments.of(Command.SPARSIFY, "", List.of("sparsity.target=0.5"), "network"),
        Arguments.of(
            Command.SPARSIFY,
            "",
            List.of(
                "sparsity.target=0.2",
                "sparsity.pattern=channel",
                "sparsity.score=diagonal",
                "path.hiddenWeight=2",
                "path.relativeRate=true"),
            "network"),
        Arguments.of(
            Command.ROBUSTIFY, "", List.of("robustify.test={steps: 2, limit: 20}"), "network"),
        Arguments.of(
            Command.DIVERSIFY,
            "",
            List.of("diversify.members=2", "diversify.limit=20"),
            "members/01/network"),
        Arguments.of(
            Command.CONNECT,
            "",
            List.of("connect.bends=1", "connect.resolution=1", "connect.to=OTHER"),
            "network"));
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void endsAtTheBitsOfOneMachine(Command command, String text, List<String> sets, String network)
      throws IOException {
    String name = command.label() + "-" + Integer.toHexString(sets.hashCode());
    JobContext cluster =
        new JobContext(
            new Configuration(),
            SparkWorkers.factory(new JavaSparkContext(spark)),
            ProgressListener.NONE);
    run(command, text, sets, Digits.CONTEXT, name, "driver");
    run(command, text, sets, cluster, name + "-staged", "executors");
    assertArrayEquals(model(name, network), model(name + "-staged", network));
  }

  private static void run(
      Command command,
      String text,
      List<String> sets,
      JobContext context,
      String name,
      String mode) {
    List<String> all =
        Stream.concat(
                Stream.of(
                    "network=" + start,
                    "output=" + temporary.resolve(name),
                    "path.communication.mode=" + mode),
                sets.stream().map(set -> set.replace("OTHER", other)))
            .toList();
    Jobs.run(command, context, Digits.recipe(command, COMMON + text, all.toArray(String[]::new)));
  }

  private static byte[] model(String store, String network) throws IOException {
    return Files.readAllBytes(
        temporary.resolve(store).resolve(network).resolve("model.safetensors"));
  }
}
