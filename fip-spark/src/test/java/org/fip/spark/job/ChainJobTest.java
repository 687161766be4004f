package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fip.spark.recipe.Chain;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.RecipeSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chain from random weights to a sparse network of the digits. */
class ChainJobTest {
  private static final String CHAIN =
      """
      architecture: {architectures: [LeNet300100], input_shape: [1, 8, 8],
                     hidden_sizes: [20, 10], num_labels: 5}
      preprocessor: {image_processor_type: ViTImageProcessor, do_resize: false,
                     do_rescale: true, rescale_factor: 0.0625, do_normalize: false}
      keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3, 4], limit: 100}]
      evaluate: {first: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3, 4]}}
      path: {steps: 40, batch: 32, anchorBatch: 32, learningRate: 0.01, checkpointEvery: 20}
      operations:
        - command: train
          tasks: [{name: first, train: {path: 'builtin:digits', labels: [0, 1, 2, 3, 4]}}]
        - command: sparsify
          sparsity: {target: 0.5, stages: 2}
          evaluate: {all: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3, 4]}}
      """;

  @TempDir private Path temporary;

  private ChainResult run(JobContext context, String name) {
    Chain chain =
        Chain.resolve(
            new RecipeSource("chain.yaml", CHAIN),
            Map.of(),
            List.of("output=" + temporary.resolve(name)),
            NetworkKind.Lookup.PLAIN);
    return new ChainJob(context, chain).run();
  }

  @Test
  void operationsFollowOneAnotherAndAnInterruptedChainEndsAlike() {
    ChainResult whole = run(Digits.CONTEXT, "whole");
    JsonNode json = whole.toJson();
    assertEquals(2, json.path("operations").size());
    JsonNode course = json.at("/accuracy/first");
    assertEquals(3, course.size());
    assertTrue(course.get(1).asDouble() > course.get(0).asDouble() + 0.3, whole.summary());
    JsonNode onlyLast = json.at("/accuracy/all");
    assertTrue(onlyLast.get(0).isNull() && onlyLast.get(1).isNull(), onlyLast.toString());
    assertEquals(course.get(2), onlyLast.get(2));
    assertEquals(0, json.at("/zeros/0").asDouble());
    assertTrue(json.at("/zeros/1").asDouble() >= 0.5, whole.summary());
    assertTrue(json.path("network").asText().endsWith("2-sparsify/network"));
    // Once in the first operation, once in the second.
    for (int commits : new int[] {2, 3}) {
      assertThrows(Digits.Killed.class, () -> run(Digits.killedAfter(commits), "killed"));
    }
    assertEquals(course, run(Digits.CONTEXT, "killed").toJson().at("/accuracy/first"));
  }
}
