package org.fip.spark.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fip.core.FipException;
import org.fip.core.geometry.Distance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ExplorationTest {
  private static final String BASE =
      Recipes.SMALLEST
          + """
          evaluate: {old: {path: data/a, split: test}, new: {path: data/b, split: test}}
          baselines: [released]
          """;

  private static Exploration resolve(String yaml, String... sets) {
    return Exploration.resolve(
        new RecipeSource("run.yaml", BASE + yaml),
        Map.of(),
        List.of(sets),
        NetworkKind.Lookup.PLAIN);
  }

  @Test
  void theProductOfTheGridIsTaken() {
    Exploration exploration =
        resolve(
            """
            explore:
              grid:
                path.anchorWeight: [0.1, 0.2]
                network: [models/a, models/b]
                path: {steps: [7]}
                keep: [[{path: data/c}]]
            """,
            "explore.grid.seed=[4, 5]");
    assertEquals(8, exploration.points().size());
    assertEquals(
        List.of("path.anchorWeight", "network", "path.steps", "keep", "seed"), exploration.keys());
    Recipe last = exploration.points().get(7).recipe();
    assertEquals(0.2, last.path().anchorWeight().value());
    assertEquals("models/b", last.network());
    assertEquals(7, last.path().steps());
    assertEquals("data/c", last.keep().get(0).path());
    assertEquals(5, last.seed());
    assertEquals(List.of(), last.baselines());
    assertEquals("paths/x", exploration.output());
  }

  @Test
  void eachPointHasTheDefaultsOfItsNetwork() {
    Exploration exploration =
        Exploration.resolve(
            new RecipeSource(
                "run.yaml",
                BASE + "explore: {grid: {network: [models/a, models/b], path.steps: [7]}}"),
            Map.of(),
            List.of(),
            start ->
                start.network().equals("models/b") ? NetworkKind.NORMALIZED : NetworkKind.PLAIN);
    assertEquals(
        List.of(Distance.SQUARED_LOGITS, Distance.SHARPENED),
        exploration.points().stream().map(point -> point.recipe().path().distance()).toList());
  }

  @Test
  void aPointWithoutItsNetworkStaysToFailByItself() {
    for (FipException missing :
        List.of(FipException.notFound("no such network"), FipException.data("no network"))) {
      assertEquals(
          2, points(missing).size(), "a run of its own that fails is wanted, not no run at all");
    }
    FipException temporary =
        new FipException(FipException.Category.TEMPORARY, "ask again", new IOException());
    assertEquals(temporary, assertThrows(FipException.class, () -> points(temporary)));
  }

  private static List<GridPoint> points(FipException failure) {
    return Exploration.resolve(
            new RecipeSource("run.yaml", BASE + "explore: {grid: {network: [models/a, gone]}}"),
            Map.of(),
            List.of(),
            start -> {
              if (start.network().equals("gone")) {
                throw failure;
              }
              return NetworkKind.PLAIN;
            })
        .points();
  }

  @Test
  void theCommandLineReplacesTheValuesOfAKey() {
    Exploration exploration =
        resolve(
            "explore: {grid: {keep.0.limit: [1, 2, 3], path: {steps: [7, 8]}}}",
            "explore.grid.keep.0.limit=[4]",
            "explore.grid.path.steps=[9]");
    assertEquals(1, exploration.points().size());
    assertEquals(4, exploration.points().get(0).recipe().keep().get(0).limit());
    assertEquals(9, exploration.points().get(0).recipe().path().steps());
  }

  @Test
  void defaultsAreThoseOfTheCommand() {
    ExploreSettings settings = resolve("explore: {grid: {seed: [0]}}").settings();
    assertEquals(Command.ADAPT, settings.command());
    assertEquals("mean", settings.rank());
    assertEquals(new Halving(1, 0.5), settings.halving());
    assertEquals(2, settings.retries());
    assertEquals(
        Map.of("old", Measure.accuracy("old"), "new", Measure.accuracy("new")),
        settings.measures());
    Recipe sparse =
        resolve("explore: {command: sparsify, grid: {seed: [0]}}").points().get(0).recipe();
    assertEquals(3000, sparse.path().steps());
  }

  @Test
  void measuresKnowWhichValueIsBetter() {
    Map<String, Measure> measures =
        resolve(
                """
                explore:
                  command: sparsify
                  grid: {seed: [0]}
                  measures:
                    kept: {of: evaluate.old}
                    loss: {of: evaluate.old.loss}
                    far: {of: drift, better: higher}
                    zeros: {of: sparsity.achieved}
                """)
            .settings()
            .measures();
    assertEquals(Measure.Better.HIGHER, measures.get("kept").better());
    assertEquals(Measure.Better.LOWER, measures.get("loss").better());
    assertEquals(Measure.Better.HIGHER, measures.get("far").better());
    assertEquals(Measure.Better.HIGHER, measures.get("zeros").better());
    assertEquals("old", measures.get("loss").evaluationSet());
  }

  @Test
  void oneRecipeServesTheCommandItselfToo() {
    Recipe recipe =
        Recipes.resolve(Command.ADAPT, BASE + "explore: {grid: {seed: [1]}, retries: 3}");
    assertEquals(Recipes.resolve(Command.ADAPT, BASE), recipe);
    FipException e =
        assertThrows(
            FipException.class,
            () -> Recipes.resolve(Command.ADAPT, BASE + "explore: {retrys: 3}"));
    assertEquals(
        "run.yaml line 7: unknown key explore.retrys; did you mean explore.retries?",
        e.getMessage());
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        arguments(
            "retries: 1",
            "run.yaml line 7: explore.grid is missing; it must be a mapping of recipe keys to lists"
                + " of values, for example {path.anchorWeight: [0.02, 0.1]}"),
        arguments(
            "grid: {path.stepz: [1, 2]}",
            "run.yaml line 7: unknown key path.stepz; did you mean path.steps?"),
        arguments(
            "grid: {path.steps: [5, 0]}",
            "run.yaml line 7: path.steps is 0; it must be an integer from 1 to 100000000"),
        arguments(
            "grid: {seed: 5}",
            "run.yaml line 7: explore.grid: \"seed\" is 5; it must be a list of values, for example"
                + " [1, 2]"),
        arguments(
            "grid: {seed: []}",
            "run.yaml line 7: explore.grid: \"seed\" is an empty list; it must be a list of values,"
                + " for example [1, 2]"),
        arguments(
            "grid: {seed: [1, 1]}",
            "run.yaml line 7: explore.grid: \"seed\" has a value twice; remove one"),
        arguments(
            "grid: {output: [a, b]}",
            "run.yaml line 7: explore.grid: \"output\" cannot differ from path to path; choose"
                + " another key"),
        arguments(
            "grid: {keep: [[{path: a}]], keep.0.limit: [1]}",
            "run.yaml line 7: explore.grid: \"keep.0.limit\" is a part of \"keep\", which is in the"
                + " grid too; remove one"),
        arguments(
            "command: evaluate, grid: {seed: [1]}",
            "run.yaml line 7: explore.command is \"evaluate\"; it must be one of train, adapt, sparsify,"
                + " robustify, diversify, connect"),
        arguments(
            "grid: {seed: [1]}, measures: {a: {of: evaluate.odd}}",
            "run.yaml line 7: explore.measures.a.of is \"evaluate.odd\"; it must be one of"
                + " evaluate.old, evaluate.new, drift, length.weights, length.outputs, seconds,"
                + " evaluate.NAME.loss"),
        arguments(
            "grid: {seed: [1]}, rank: odd",
            "run.yaml line 7: explore.rank is \"odd\"; it must be mean, or one of the measures old,"
                + " new"),
        arguments(
            "grid: {seed: [1]}, measures: {mean: {of: drift}}",
            "run.yaml line 7: explore.measures has the name mean, which explore.rank uses; choose"
                + " another"),
        arguments(
            "grid: {seed: [1]}, halving: {keep: 1}",
            "run.yaml line 7: explore.halving.keep is 1; it must be a number of at least 0.1 and at"
                + " most 0.9"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void everyMistakeIsNamedInOneLine(String explore, String line) {
    FipException e = assertThrows(FipException.class, () -> resolve("explore: {" + explore + "}"));
    assertEquals(line, e.getMessage());
    assertEquals(FipException.Category.DATA, e.category());
  }

  @Test
  void aGridOfTooManyPointsIsRefused() {
    StringBuilder values = new StringBuilder("0");
    for (int i = 1; i < 400; i++) {
      values.append(", ").append(i);
    }
    FipException e =
        assertThrows(
            FipException.class,
            () ->
                resolve("explore: {grid: {seed: [%1$s], keep.0.seed: [%1$s]}}".formatted(values)));
    assertEquals(
        "run.yaml line 7: explore.grid has more than 100000 points; explore it in parts",
        e.getMessage());
  }

  @Test
  void thousandsOfPointsAreFine() {
    StringBuilder values = new StringBuilder("0");
    for (int i = 1; i < 5000; i++) {
      values.append(", ").append(i);
    }
    assertEquals(5000, resolve("explore: {grid: {seed: [" + values + "]}}").points().size());
  }
}
