package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.fip.spark.recipe.Command;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Digits that withstand small changes, by labels and without. */
class RobustifyJobTest {
  private static final String RECIPE =
      """
      keep: [{path: 'builtin:digits'}]
      robustify:
        attack: {epsilon: 0.1, steps: 4}
        test: {steps: 6, restarts: 2, adaptiveSteps: 6, queries: 10, limit: 100}
      evaluate: {digits: {path: 'builtin:digits', split: test}}
      path: {steps: 80, batch: 64, anchorBatch: 64, learningRate: 0.005, checkpointEvery: 40,
             evaluateEvery: 40}
      """;

  @TempDir static Path temporary;
  private static String start;

  @BeforeAll
  static void train() {
    start = Digits.train(temporary.resolve("start"), 0);
  }

  private static RobustifyResult robustify(JobContext context, String name, String... sets) {
    List<String> all =
        new ArrayList<>(List.of("network=" + start, "output=" + temporary.resolve(name)));
    all.addAll(List.of(sets));
    return new RobustifyJob(
            context, Digits.recipe(Command.ROBUSTIFY, RECIPE, all.toArray(String[]::new)))
        .run();
  }

  private static double accuracy(RobustifyResult result, int point, String set) {
    JsonNode along = result.toJson().at("/robustness/alongPath");
    assertEquals(3, along.size());
    return along.get(point).path("accuracy").path(set).asDouble();
  }

  private static void assertMoreRobust(RobustifyResult result, double gain) {
    assertTrue(
        accuracy(result, 2, "digits robust") > accuracy(result, 0, "digits robust") + gain,
        result.summary());
    assertTrue(
        accuracy(result, 2, "digits") > accuracy(result, 0, "digits") - 0.05, result.summary());
    for (int point = 0; point < 3; point++) {
      assertTrue(accuracy(result, point, "digits robust") <= accuracy(result, point, "digits pgd"));
    }
  }

  @Test
  void robustnessGrowsAlongThePathByLabels() {
    assertMoreRobust(robustify(Digits.CONTEXT, "labels"), 0.15);
  }

  @Test
  void robustnessGrowsAlongThePathWithoutLabels() {
    assertMoreRobust(
        robustify(
            Digits.CONTEXT,
            "distance",
            "robustify.loss=distance",
            "robustify.attack.norm=l2",
            "robustify.attack.epsilon=0.4"),
        0.04);
  }

  @Test
  void anInterruptedPathEndsAtTheSameBits() {
    String[] shorter = {"path.steps=20", "path.checkpointEvery=10", "path.evaluateEvery=0"};
    robustify(Digits.CONTEXT, "whole", shorter);
    assertThrows(Digits.Killed.class, () -> robustify(Digits.killedAfter(2), "killed", shorter));
    robustify(Digits.CONTEXT, "killed", shorter);
    assertArrayEquals(weights("whole"), weights("killed"));
  }

  private static float[] weights(String name) {
    return PathStore.open(
            new Configuration(), new org.apache.hadoop.fs.Path(temporary.resolve(name).toUri()))
        .read(20)
        .state()
        .weights();
  }

  @Test
  void networksThatReadTextsAreRefusedBeforeAnythingIsWritten() throws IOException {
    Path bert = Files.createDirectory(temporary.resolve("bert"));
    for (String file : List.of("config.json", "model.safetensors")) {
      try (InputStream in =
          RobustifyJobTest.class.getResourceAsStream("/fixtures/bert-legacy-keys/" + file)) {
        Files.copy(in, bert.resolve(file));
      }
    }
    FipException failure =
        assertThrows(
            FipException.class, () -> robustify(Digits.CONTEXT, "texts", "network=" + bert));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains("reads texts"), failure.getMessage());
    assertTrue(Files.notExists(temporary.resolve("texts")));
  }
}
