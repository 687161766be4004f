package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.spark.data.DataSets;
import org.fip.spark.recipe.Chain;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.RecipeSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when a job is given the output of another. */
class OtherOutputTest {
  /** Which sparsify and robustify fill in alike. */
  private static final String RECIPE =
      """
      keep: [{path: 'builtin:digits', labels: [0, 1, 2], limit: 20}]
      tasks: [{name: more, train: {path: 'builtin:digits', labels: [3], limit: 20}}]
      path: {steps: 2, batch: 8, anchorBatch: 8, learningRate: 0.001, checkpointEvery: 2,
             widening: {shift: 0}}
      diversify: {members: 2, coolDown: 0, attack: {epsilon: 0.1, steps: 1}, limit: 10}
      robustify: {attack: {epsilon: 0.1, steps: 1}, test: {steps: 1, restarts: 1, limit: 10}}
      """;

  @TempDir private Path temporary;
  private String start;

  @BeforeEach
  void train() {
    start = Digits.train(temporary.resolve("start"), 0, "path.steps=2", "path.checkpointEvery=2");
  }

  private void run(Command command, String name, String... sets) {
    run(Digits.CONTEXT, command, name, sets);
  }

  private void run(JobContext context, Command command, String name, String... sets) {
    List<String> all =
        new ArrayList<>(List.of("network=" + start, "output=" + temporary.resolve(name)));
    all.addAll(Arrays.asList(sets));
    Jobs.run(command, context, Digits.recipe(command, RECIPE, all.toArray(String[]::new)));
  }

  private Map<String, Integer> content(String name) throws IOException {
    try (Stream<Path> files = Files.walk(temporary.resolve(name))) {
      return files
          .filter(Files::isRegularFile)
          .collect(
              Collectors.toMap(Path::toString, OtherOutputTest::hash, (a, b) -> a, TreeMap::new));
    }
  }

  private static int hash(Path file) {
    try {
      return Arrays.hashCode(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertRefused(String reason, String name, Runnable job) throws IOException {
    Map<String, Integer> before = content(name);
    FipException refused = assertThrows(FipException.class, job::run);
    assertEquals(FipException.Category.DATA, refused.category());
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
    assertEquals(before, content(name));
  }

  @Test
  void aPathIsNotGoneOnWithByAnotherCommand() throws IOException {
    run(Command.ROBUSTIFY, "robust");
    assertRefused(
        "begun by robustify and not by sparsify", "robust", () -> run(Command.SPARSIFY, "robust"));
    run(Command.ADAPT, "adapted");
    assertRefused(
        "begun by adapt and not by train", "adapted", () -> run(Command.TRAIN, "adapted"));
  }

  @Test
  void outputsOfOtherKindsAreRefused() throws IOException {
    run(Command.ADAPT, "path");
    run(Command.ADAPT, "nights", "night=one");
    run(Command.DIVERSIFY, "ensemble");
    chain("chain");
    for (String other : List.of("nights", "ensemble", "chain")) {
      assertRefused("would leave a path there", other, () -> run(Command.ADAPT, other));
    }
    for (String other : List.of("path", "ensemble", "chain")) {
      assertRefused(
          "would leave nights there", other, () -> run(Command.ADAPT, other, "night=one"));
    }
    for (String other : List.of("path", "nights", "chain")) {
      assertRefused("would leave an ensemble there", other, () -> run(Command.DIVERSIFY, other));
    }
    for (String other : List.of("path", "nights", "ensemble")) {
      assertRefused("would leave a chain there", other, () -> chain(other));
    }
    chain("chain");
    run(Command.ADAPT, "nights", "night=one");
  }

  private void chain(String name) {
    Chain chain =
        Chain.resolve(
            new RecipeSource("chain.yaml", RECIPE),
            Map.of(),
            List.of(
                "network=" + start,
                "output=" + temporary.resolve(name),
                "operations=[{command: adapt}]"),
            NetworkKind.Lookup.PLAIN);
    new ChainJob(Digits.CONTEXT, chain).run();
  }

  @Test
  void anEvaluationSetWithoutLabelsIsRefusedBeforeThePathBegins() throws IOException {
    JobContext unlabelled =
        new JobContext(
            new Configuration(),
            Digits.WORKERS,
            ProgressListener.NONE,
            selector -> {
              EncodedExamples read = DataSets.read(selector, new Configuration());
              return selector.split().equals("test") ? read.withoutLabels() : read;
            });
    FipException refused =
        assertThrows(
            FipException.class,
            () ->
                run(
                    unlabelled,
                    Command.ADAPT,
                    "unlabelled",
                    "evaluate={all: {path: 'builtin:digits', split: test}}"));
    assertTrue(refused.getMessage().contains("has no labels"), refused.getMessage());
    assertFalse(Files.exists(temporary.resolve("unlabelled")));
  }

  @Test
  void aStartThatWasHalfPutInPlaceIsWrittenAgain() throws IOException {
    run(Command.ADAPT, "whole");
    run(Command.ADAPT, "half");
    Path half = temporary.resolve("half");
    Files.delete(half.resolve("start/model.safetensors"));
    for (String later : List.of("waypoints", "network", "anchors")) {
      delete(half.resolve(later));
    }
    run(Command.ADAPT, "half");
    assertEquals(
        hash(temporary.resolve("whole/network/model.safetensors")),
        hash(half.resolve("network/model.safetensors")));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
