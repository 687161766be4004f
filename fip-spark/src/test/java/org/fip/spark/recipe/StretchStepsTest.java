package org.fip.spark.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StretchStepsTest {
  private static final String TASKS =
      """
      output: o
      tasks: [{name: a, train: {path: a}}, {name: b, train: {path: b}}]
      """;
  private static final String KEPT = "network: n\nkeep: [{path: k}]\n";
  private static final String FRESH = "architecture: {architectures: [LeNet300100]}\n";

  /** The stretches that a recipe walks, which are those of its stored form. */
  private static StretchSteps stretches(boolean keeps, String path) throws JsonProcessingException {
    Recipe recipe =
        Recipes.resolve(Command.ADAPT, TASKS + (keeps ? KEPT : FRESH) + "path: {" + path + "}\n");
    StretchSteps stored =
        StretchSteps.ofStored(new ObjectMapper().readTree(recipe.toJson()), keeps);
    assertEquals(recipe.path().stretches(keeps), stored);
    return stored;
  }

  @Test
  void stretchesOfAStoredRecipeAreThoseThatItWalks() throws JsonProcessingException {
    assertEquals(new StretchSteps(300, 300), stretches(true, "steps: 300"));
    assertEquals(new StretchSteps(200, 200), stretches(true, "gradientEvaluations: 200"));
    String geodesic = "sampler: geodesic, gradientEvaluations: 500";
    long each = stretches(true, geodesic).each();
    assertTrue(each < 250, each + " steps");
    assertEquals(new StretchSteps(each, each), stretches(true, geodesic));
    assertEquals(new StretchSteps(500, each), stretches(false, geodesic));
    long local = stretches(true, geodesic + ", geodesic: {solver: local, iterations: 1}").each();
    assertTrue(local > each, local + " steps");
  }

  @Test
  void endsAreWhereStretchesMeet() {
    StretchSteps steps = new StretchSteps(500, 80);
    long[] ends = IntStream.range(0, 4).mapToLong(steps::end).toArray();
    assertEquals("[0, 500, 580, 660]", Arrays.toString(ends));
    long[] found = LongStream.rangeClosed(0, 660).filter(steps::isEnd).toArray();
    assertEquals(Arrays.toString(ends), Arrays.toString(found));
  }
}
