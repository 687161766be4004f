package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three networks of one function from one of the digits. */
class DiversifyJobTest {
  private static final String RECIPE =
      """
      keep: [{path: 'builtin:digits'}]
      diversify: {members: 3, weight: 1, coolDown: 0, attack: {epsilon: 0.1, steps: 4}, limit: 100}
      evaluate: {digits: {path: 'builtin:digits', split: test}}
      path: {steps: 40, batch: 32, anchorBatch: 32, learningRate: 0.003, checkpointEvery: 20}
      """;

  @TempDir static Path temporary;
  private static String start;

  @BeforeAll
  static void train() {
    start = Digits.train(temporary.resolve("start"), 0);
  }

  private static DiversifyResult diversify(JobContext context, String name, String... sets) {
    List<String> all =
        new ArrayList<>(List.of("network=" + start, "output=" + temporary.resolve(name)));
    all.addAll(List.of(sets));
    return new DiversifyJob(
            context, Digits.recipe(Command.DIVERSIFY, RECIPE, all.toArray(String[]::new)))
        .run();
  }

  private static void assertOneFunction(DiversifyResult result) {
    JsonNode on = result.toJson().at("/ensemble/evaluation/digits");
    assertEquals(3, on.path("members").size());
    for (JsonNode member : on.path("members")) {
      assertEquals(on.path("accuracy").asDouble(), member.asDouble(), 0.05, result.summary());
    }
    assertTrue(on.path("expectedCalibrationError").asDouble() < 0.2, result.summary());
  }

  @Test
  void membersAreRepelledInWeights() {
    DiversifyResult result = diversify(Digits.CONTEXT, "weights", "diversify.by=weights");
    assertOneFunction(result);
    JsonNode weights = result.toJson().at("/ensemble/weights");
    assertTrue(weights.path("leastDistance").asDouble() > 0.05, weights.toString());
    assertTrue(weights.path("meanCosine").asDouble() < 0.5, weights.toString());
  }

  @Test
  void membersWithstandMoreThanOtherNetworksThatTheyAreComparedWith() {
    String other = Digits.train(temporary.resolve("other"), 1);
    DiversifyResult result =
        diversify(
            Digits.CONTEXT, "errors", "diversify.independent=['" + start + "', '" + other + "']");
    assertOneFunction(result);
    double members = itself(result, "ensemble");
    double plain = itself(result, "independent");
    assertTrue(members > plain + 0.05, result.summary());
    assertEquals(2, result.toJson().at("/independent/evaluation/digits/members").size());
    double disagreement =
        result.toJson().at("/independent/evaluation/digits/disagreement").asDouble();
    assertTrue(disagreement > 0.01, result.summary());
  }

  @Test
  void membersOfASparseNetworkHaveItsZeros() {
    String text = RECIPE + "sparsity: {target: 0.5}\n";
    String sparse = "network=" + start;
    Recipe recipe =
        Digits.recipe(
            Command.SPARSIFY,
            text,
            sparse,
            "output=" + temporary.resolve("sparse"),
            "path.steps=5");
    JsonNode json = new SparsifyJob(Digits.CONTEXT, recipe).run().toJson();
    float[] zeros = weights("sparse", 5);
    for (String within : List.of("true", "false")) {
      String name = "within-" + within;
      diversify(
          Digits.CONTEXT,
          name,
          "network=" + json.path("network").asText(),
          "diversify.members=2",
          "diversify.limit=20",
          "path.steps=5",
          "path.withinSparsity=" + within);
      float[] member = weights(name + "/members/01", 5);
      int left = 0;
      int all = 0;
      for (int i = 0; i < zeros.length; i++) {
        all += zeros[i] == 0 ? 1 : 0;
        left += zeros[i] == 0 && member[i] == 0 ? 1 : 0;
      }
      assertTrue(all > 700, all + " zeros");
      assertEquals(within.equals("true"), left == all, left + " of " + all);
    }
  }

  @Test
  void theLastStepsDescendTheDriftAlone() {
    String[] sets = {"diversify.members=2", "diversify.limit=20", "path.steps=40"};
    double apart = drift(diversify(Digits.CONTEXT, "apart", sets[0], sets[1], sets[2]));
    double cooled =
        drift(
            diversify(
                Digits.CONTEXT, "cooled", sets[0], sets[1], sets[2], "diversify.coolDown=0.5"));
    assertTrue(cooled < apart, cooled + " and " + apart);
  }

  private static double drift(DiversifyResult result) {
    return result.toJson().at("/members/0/drift").asDouble();
  }

  private static double itself(DiversifyResult result, String networks) {
    return result
        .toJson()
        .at("/" + networks + "/evaluation/digits/againstMember/itself")
        .asDouble();
  }

  @Test
  void anInterruptedRunEndsAtTheSameBits() {
    String[] shorter = {
      "diversify.members=2", "diversify.limit=20", "path.steps=10", "path.checkpointEvery=5"
    };
    diversify(Digits.CONTEXT, "whole", shorter);
    // Once on the path of the first member, once on that of the second.
    for (int commits : new int[] {2, 3}) {
      assertThrows(
          Digits.Killed.class, () -> diversify(Digits.killedAfter(commits), "killed", shorter));
    }
    diversify(Digits.CONTEXT, "killed", shorter);
    for (int member = 0; member < 2; member++) {
      String place = "/members/0" + member;
      assertArrayEquals(weights("whole" + place, 10), weights("killed" + place, 10));
    }
  }

  private static float[] weights(String name, int step) {
    Path store = temporary.resolve(name);
    return PathStore.open(new Configuration(), new org.apache.hadoop.fs.Path(store.toUri()))
        .read(step)
        .state()
        .weights();
  }
}
