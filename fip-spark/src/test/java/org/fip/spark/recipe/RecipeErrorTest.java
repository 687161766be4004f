package org.fip.spark.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fip.core.FipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of mistake in a recipe, with the line that it gives. */
class RecipeErrorTest {

  static Stream<Arguments> mistakes() {
    return Stream.of(
        // Unknown keys.
        arguments(
            "path: {stpes: 3}",
            "run.yaml line 5: unknown key path.stpes; did you mean path.steps?"),
        arguments("sede: 3", "run.yaml line 5: unknown key sede; did you mean seed?"),
        arguments("steps: 3", "run.yaml line 5: unknown key steps; did you mean path.steps?"),
        arguments(
            "sparsity: {zzz: 1}",
            "run.yaml line 5: unknown key sparsity.zzz; known here: target, curve, pattern,"
                + " budget, score, scoreExamples, stages, rampFraction, exclude, labels, decisions,"
                + " compensate, renormalize, smaller"),
        arguments(
            "evaluate:\n  a:\n    path: x\n    splt: test",
            "run.yaml line 8: unknown key evaluate.a.splt; did you mean evaluate.a.split?"),
        // Numbers.
        arguments(
            "path:\n  steps: 0",
            "run.yaml line 6: path.steps is 0; it must be an integer from 1 to 100000000"),
        arguments(
            "path: {steps: many}",
            "run.yaml line 5: path.steps is \"many\"; it must be an integer from 1 to 100000000"),
        arguments(
            "path: {steps: 1.5}",
            "run.yaml line 5: path.steps is 1.5; it must be an integer from 1 to 100000000"),
        arguments(
            "path: {steps: }",
            "run.yaml line 5: path.steps is empty; it must be an integer from 1 to 100000000"),
        arguments(
            "seed: 99999999999999999999",
            "run.yaml line 5: seed is 99999999999999999999; it must be an integer from"
                + " -9223372036854775808 to 9223372036854775807"),
        arguments(
            "path: {learningRate: 0}",
            "run.yaml line 5: path.learningRate is 0; it must be a number above 0 and at most 100"),
        arguments(
            "path: {learningRate: .nan}",
            "run.yaml line 5: path.learningRate is \".nan\"; it must be a number above 0 and at most"
                + " 100"),
        arguments(
            "path: {learningRate: 1e999}",
            "run.yaml line 5: path.learningRate is \"1e999\"; it must be a number above 0 and at"
                + " most 100"),
        arguments(
            "path: {anchorWeight: -1}",
            "run.yaml line 5: path.anchorWeight is -1; it must be auto or a number of at least 0"),
        arguments(
            "path: {anchorWeight: automatic}",
            "run.yaml line 5: path.anchorWeight is \"automatic\"; it must be auto or a number of at"
                + " least 0"),
        arguments(
            "path: {anchorWeight: auto, sampler: geodesic}",
            "run.yaml line 5: path.anchorWeight is \"auto\"; it must be a number but with adapt and"
                + " the sampler anchored"),
        arguments(
            "path: {auto: {weights: []}}",
            "run.yaml line 5: path.auto.weights is a list; it must be a list of at least one number"),
        arguments(
            "path: {auto: {heldOut: 0.7}}",
            "run.yaml line 5: path.auto.heldOut is 0.7; it must be a number above 0 and at most 0.5"),
        arguments(
            "incremental: tasks",
            "run.yaml line 5: incremental is \"tasks\"; it must be one of class, task, domain (did"
                + " you mean task?)"),
        arguments(
            "sparsity: {target: 1}",
            "run.yaml line 5: sparsity.target is 1; it must be a number above 0 and below 1"),
        arguments(
            "path: {geodesic: {weightBudget: 0}}",
            "run.yaml line 5: path.geodesic.weightBudget is 0; it must be a number above 0"),
        // Names.
        arguments(
            "path: {sampler: geodesik}",
            "run.yaml line 5: path.sampler is \"geodesik\"; it must be one of anchored, geodesic,"
                + " fine-tuning, replay, released, joint, der++, ewc, lora (did you mean geodesic?)"),
        arguments(
            "path: {distance: hellinger}",
            "run.yaml line 5: path.distance is \"hellinger\"; it must be one of squared-logits,"
                + " bhattacharyya, kl, sharpened"),
        arguments(
            "baselines: [anchored]",
            "run.yaml line 5: baselines.0 is \"anchored\"; it must be one of fine-tuning, replay,"
                + " released, joint, der++, ewc, lora"),
        arguments(
            "path: {widening: {mixture: yes}}",
            "run.yaml line 5: path.widening.mixture is \"yes\"; it must be true or false"),
        arguments(
            "sparsity: {pattern: 4:2}",
            "run.yaml line 5: sparsity.pattern is \"4:2\"; it must be unstructured, N:M with 1 <="
                + " N < M (N of M neighbours stay, for example 2:4), block or block:RxC (for example"
                + " block:4x1), or channel"),
        arguments(
            "sparsity: {pattern: 1:4, target: 0.9}",
            "run.yaml line 5: sparsity.target is 0.9; it must be absent or 0.75, which is what 1:4"
                + " says"),
        arguments(
            "sparsity: {curve: [0.9, 0.8]}",
            "run.yaml line 5: sparsity.curve is a list; it must be a list in ascending order"),
        arguments(
            "sparsity: {curve: [0.5, 0.8], target: 0.7}",
            "run.yaml line 5: sparsity.target is 0.7; it must be absent, or not below the last of"
                + " sparsity.curve"),
        arguments(
            "sparsity: {curve: [0.5], pattern: 2:4}",
            "run.yaml line 5: sparsity.curve is a list; it must be empty, because 2:4 is one"
                + " sparsity"),
        arguments(
            "sparsity: {labels: true, decisions: true}",
            "run.yaml line 5: sparsity.decisions is true; it must be false with labels, which are"
                + " learned in their place"),
        arguments(
            "sparsity: {smaller: true}",
            "run.yaml line 5: sparsity.smaller is true; it must be false, because only the pattern"
                + " channel makes layers smaller"),
        arguments(
            "evaluate: {a: {path: x, split: tset}}",
            "run.yaml line 5: evaluate.a.split is \"tset\"; it must be one of train, test (did you mean test?)"),
        arguments(
            "evaluate: {a.b: {path: x}}",
            "run.yaml line 5: evaluate has the name \"a.b\"; it must be a name of at most 100"
                + " letters, digits, spaces and _ + -, for example fashion"),
        arguments(
            "sparsity: {exclude: ['(']}",
            "run.yaml line 5: sparsity.exclude.0 is \"(\"; it must be a regular expression: unclosed"
                + " group near index 1"),
        // Lists.
        arguments(
            "baselines: [replay, replay]",
            "run.yaml line 5: baselines.1 is \"replay\", which is in the list before; remove one"),
        arguments(
            "evaluate: {a: {path: x, labels: []}}",
            "run.yaml line 5: evaluate.a.labels is an empty list; give at least one entry or remove"
                + " the key"),
        arguments(
            "evaluate: {a: {path: x, labels: [1,\n 2, 1]}}",
            "run.yaml line 6: evaluate.a.labels.2 is 1, which is in the list before; remove one"),
        arguments(
            "evaluate: {a: {path: x, labels: 3}}",
            "run.yaml line 5: evaluate.a.labels is 3; it must be a list, for example [a, b]"),
        // Shapes.
        arguments(
            "path: 3",
            "run.yaml line 5: path is 3; it must be a mapping with the keys sampler, steps,"
                + " gradientEvaluations, localSteps, batch, anchorBatch, checkpointEvery, measureEvery, evaluateEvery, learningRate, relativeRate,"
                + " schedule, distance, anchorWeight, relativeWeight, auto, hiddenWeight, keepWithin, taskAnchors, logitAdjustment,"
                + " augmentation, widening, der, ewc, lowRank, geodesic, tensors, withinSparsity, memory, shards,"
                + " communication"),
        arguments(
            "path: {keepWithin: 0.01, distance: kl}",
            "run.yaml line 5: path.keepWithin is 0.01; it must be null with the sampler geodesic,"
                + " with localSteps above 1, with a distance other than squared-logits, and with"
                + " the anchorWeight 0 or auto"),
        arguments(
            "path: {sampler: geodesic, anchorWeight: 0}",
            "run.yaml line 5: path.anchorWeight is 0; it must be above 0 with the sampler geodesic,"
                + " whose steps are as long as the drift allows"),
        arguments(
            "path: {gradientEvaluations: 100, anchorWeight: auto}",
            "run.yaml line 5: path.gradientEvaluations is 100; it must be null with anchorWeight:"
                + " auto, whose probes take more of them"),
        arguments(
            "path: {distance: sharpened, widening: {mixture: true}}",
            "run.yaml line 5: path.widening.mixture is true; it must be false with the distance"
                + " sharpened, which would make one class of two images"),
        arguments(
            "path: {hiddenWeight: 1, sampler: geodesic}",
            "run.yaml line 5: path.hiddenWeight is 1; it must be 0 with a sampler other than"
                + " anchored, and with keepWithin"),
        arguments(
            "path: {sampler: geodesic, lowRank: {rank: 4}}",
            "run.yaml line 5: path.lowRank.rank is 4; it must be 0 or auto with the sampler geodesic"
                + " and with localSteps above 1"),
        arguments(
            "path: {relativeRate: true, localSteps: 2}",
            "run.yaml line 5: path.relativeRate is true; it must be false with the samplers geodesic"
                + " and lora, with localSteps above 1 and with lowRank"),
        arguments(
            "diversify: {coolDown: 1}",
            "run.yaml line 5: diversify.coolDown is 1; it must be a number of at least 0 and below 1"),
        arguments(
            "path: {withinSparsity: true, sampler: lora}",
            "run.yaml line 5: path.withinSparsity is true; it must be false with localSteps above 1,"
                + " with lowRank and with the sampler lora, which have no face"),
        arguments(
            "path: {withinSparsity: true, lowRank: {rank: 4}}",
            "run.yaml line 5: path.withinSparsity is true; it must be false with localSteps above 1,"
                + " with lowRank and with the sampler lora, which have no face"),
        // Rounds.
        arguments(
            "path: {localSteps: 0}",
            "run.yaml line 5: path.localSteps is 0; it must be an integer from 1 to 10000"),
        arguments(
            "path: {steps: 96, localSteps: 8, checkpointEvery: 48}",
            "run.yaml line 5: path.localSteps is 8; it must be a divisor of path.measureEvery,"
                + " which is 10"),
        arguments(
            "path: {localSteps: 8}",
            "run.yaml line 5: path.localSteps is 8; it must be a divisor of path.steps, which"
                + " is 1500"),
        arguments(
            "path: {sampler: geodesic, localSteps: 10}",
            "run.yaml line 5: path.localSteps is 10; it must be 1 with the sampler geodesic;"
                + " path.geodesic.solver: local saves rounds"),
        arguments(
            "path: {geodesic: {solver: giant}}",
            "run.yaml line 5: path.geodesic.solver is \"giant\"; it must be one of exact, local"),
        arguments(
            "path: {memory: 12}",
            "run.yaml line 5: path.memory is 12; it must be a size of at least 1m, for example 512m"
                + " or 8g"),
        arguments(
            "path: {memory: 10k}",
            "run.yaml line 5: path.memory is \"10k\"; it must be a size of at least 1m, for example"
                + " 512m or 8g"),
        arguments(
            "evaluate: [a]",
            "run.yaml line 5: evaluate is a list; it must be a mapping of names to data"),
        arguments(
            "evaluate: {a: {split: test}}",
            "run.yaml line 5: evaluate.a.path is missing; it must be the path of a data folder or"
                + " file, for example data/mnist"),
        // YAML.
        arguments(
            "seed: 1\nseed: 2",
            "run.yaml line 6: key \"seed\" occurs twice, first at run.yaml line 5; remove one"),
        arguments(
            "path: {steps: 3",
            "run.yaml line 5: not YAML: expected ',' or '}', but got <stream end>; check"
                + " indentation, quotes and brackets there"),
        arguments(
            "path: &p {steps: 3}\nsparsity: *p",
            "run.yaml line 6: alias *p is not supported; write the value out"),
        arguments(
            "seed: !!java.net.URL [x]",
            "run.yaml line 5: tag \"tag:yaml.org,2002:java.net.URL\" is not supported; write the"
                + " value without it"),
        arguments("---\nseed: 1", "run.yaml line 5: a second YAML document starts here; keep one"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void namesPlaceAndRemedyInOneLine(String mistake, String line) {
    assertEquals(line, dataError(() -> Recipes.resolve(Command.ADAPT, Recipes.SMALLEST + mistake)));
  }

  static Stream<Arguments> missing() {
    return Stream.of(
        arguments(
            Command.ADAPT,
            "",
            "run.yaml: output is missing; it must be the folder of the path store, for example"
                + " paths/my-path"),
        arguments(
            Command.ADAPT,
            "output: o",
            "run.yaml: network is missing; it must be the folder of a network, for example"
                + " models/digits"),
        arguments(
            Command.SPARSIFY,
            "output: o\nnetwork: n",
            "run.yaml: keep is missing; it must be a list of anchors, for example"
                + " [{path: data/mnist, limit: 50}]"),
        arguments(
            Command.SPARSIFY,
            "output: o\nnetwork: n\nkeep: [{path: d}]\npath: {localSteps: 2}",
            "run.yaml line 4: path.localSteps is 2; it must be 1 with sparsify, which removes weights"
                + " between steps"),
        arguments(
            Command.SPARSIFY,
            "output: o\nnetwork: n\nkeep: []",
            "run.yaml line 3: keep is an empty list; give at least one entry or remove the key"),
        arguments(
            Command.ADAPT,
            "output: o\nnetwork: n",
            "run.yaml: keep is missing; it must be a list of anchors, for example"
                + " [{path: data/mnist, limit: 50}]"),
        arguments(
            Command.ADAPT,
            "output: o\nnetwork: n\nkeep: []",
            "run.yaml: tasks is missing; it must be a list of tasks, for example"
                + " [{name: fashion, train: {path: data/fashion}}]"),
        arguments(
            Command.ADAPT,
            "output: o\nnetwork: n\nkeep: []\nbaselines: [lora]\npath: {localSteps: 2}",
            "run.yaml line 5: path.localSteps is 2; it must be 1 with ewc and lora, whose steps are"
                + " not taken by shards"),
        arguments(
            Command.SPARSIFY,
            "output: o\nnetwork: n\nkeep: [{path: d}]\npath: {lowRank: {rank: 4}}",
            "run.yaml line 4: path.lowRank.rank is 4; it must be 0 with sparsify, which knows single"
                + " weights only"),
        arguments(
            Command.ADAPT,
            "output: o\nnetwork: n\nkeep: []\nbaselines: [lora]\npath: {withinSparsity: true}",
            "run.yaml line 5: path.withinSparsity is true; it must be false with the baseline lora,"
                + " which has no face"),
        arguments(
            Command.SPARSIFY,
            "output: o\nnetwork: n\nkeep: [{path: d}]\nbaselines: [replay]",
            "run.yaml line 4: baselines.0 is \"replay\"; it must be one of one-shot, fine-tuning,"
                + " released"),
        arguments(
            Command.SPARSIFY,
            "output: o\nnetwork: n\nkeep: [{path: d}]\npath: {withinSparsity: true}",
            "run.yaml line 4: path.withinSparsity is true; it must be false with sparsify, whose"
                + " face is that of sparsity.target"),
        arguments(
            Command.CONNECT,
            "output: o\nnetwork: n\nkeep: [{path: d}]\nconnect: {to: m}\npath: {withinSparsity: true}",
            "run.yaml line 5: path.withinSparsity is true; it must be false with connect, whose two"
                + " ends need not share zeros"),
        arguments(
            Command.CONNECT,
            "output: o\nnetwork: n\nkeep: [{path: d}]\nconnect: {to: m}\npath: {hiddenWeight: 1}",
            "run.yaml line 5: path.hiddenWeight is 1; it must be 0 with connect, which is about"
                + " outputs"),
        arguments(
            Command.ROBUSTIFY,
            "output: o\nnetwork: n\nkeep: [{path: d}]\nbaselines: [replay]",
            "run.yaml line 4: baselines is a list; it must be empty with robustify, which runs none"),
        arguments(
            Command.DIVERSIFY,
            "output: o\nnetwork: n\nkeep: [{path: d}]\nbaselines: [replay]",
            "run.yaml line 4: baselines is a list; it must be empty with diversify, which runs none"),
        arguments(
            Command.DIVERSIFY,
            "output: o\nnetwork: n\nkeep: [{path: d}]\npath: {keepWithin: 0.1, distance: squared-logits}",
            "run.yaml line 4: path.keepWithin is 0.1; it must be absent with diversify, whose weights"
                + " are fixed"),
        arguments(
            Command.DIVERSIFY,
            "output: o\nnetwork: n\nkeep: [{path: d}]\npath: {lowRank: {rank: 8}}",
            "run.yaml line 4: path.lowRank.rank is 8; it must be auto or 0 with diversify, which moves"
                + " all weights"),
        arguments(
            Command.CONNECT,
            "output: o\nnetwork: n\nkeep: [{path: d}]\nconnect: {to: m}\nbaselines: [replay]",
            "run.yaml line 5: baselines is a list; it must be empty with connect, which runs none"),
        arguments(
            Command.TRAIN,
            "output: o\nnetwork: n\nbaselines: [replay]",
            "run.yaml line 3: baselines is a list; it must be empty with train, which runs none"),
        arguments(
            Command.SPARSIFY,
            "output: o\nnetwork: n\nkeep: [{path: d}]\npath: {sampler: joint}",
            "run.yaml line 4: path.sampler is \"joint\"; it must be anchored or geodesic with"
                + " this command"),
        arguments(
            Command.ADAPT,
            "output: o\nnetwork: n\nkeep: [{path: d}]",
            "run.yaml: tasks is missing; it must be a list of tasks, for example"
                + " [{name: fashion, train: {path: data/fashion}}]"),
        arguments(
            Command.ADAPT,
            "output: o\ntasks:\n- name: a\n  train: {path: x}\n- name: a\n  train: {path: x}",
            "run.yaml line 5: tasks.1.name is \"a\"; it must be different from the tasks before"),
        arguments(
            Command.ADAPT,
            "output: o\ntasks:\n- name: a",
            "run.yaml line 3: tasks.0.train is missing; it must be a mapping with the keys path,"
                + " split, labels, labelOffset, limit, seed"),
        arguments(
            Command.TRAIN,
            "output: o",
            "run.yaml: architecture is missing; it must be the content of a config.json, unless"
                + " network names a folder"),
        arguments(
            Command.TRAIN,
            "output: o\nnetwork: n\narchitecture: {}",
            "run.yaml line 2: network is \"n\"; it must be absent, because architecture is given"
                + " too; remove one"),
        arguments(
            Command.TRAIN,
            "output: o\nnetwork: n",
            "run.yaml: tasks is missing; it must be a list of exactly one task, for example"
                + " [{name: mnist, train: {path: data/mnist}}]"),
        arguments(
            Command.TRAIN,
            Recipes.SMALLEST + "path: {sampler: replay}",
            "run.yaml line 5: path.sampler is \"replay\"; it must be fine-tuning, because train"
                + " keeps nothing"),
        arguments(
            Command.ADAPT,
            "output: o\nnetwork: n\narchitecture: {}\ntasks: [{name: a, train: {path: d}}]",
            "run.yaml: keep is missing; it must be a list of anchors, for example [{path: data/mnist,"
                + " limit: 50}]"),
        arguments(
            Command.ADAPT,
            "output: o\nnetwork: n\nkeep: []\npath: {sampler: geodesic}\n"
                + "tasks: [{name: a, train: {path: d}, anchorWeight: 0}]",
            "run.yaml line 5: tasks.0.anchorWeight is 0; it must be above 0 with the sampler"
                + " geodesic, whose steps are as long as the drift allows"),
        arguments(
            Command.ADAPT,
            "output: o\nnetwork: n\nkeep: []\npath: {keepWithin: 0.1}\n"
                + "tasks: [{name: a, train: {path: d}, anchorWeight: 0}]",
            "run.yaml line 5: tasks.0.anchorWeight is 0; it must be above 0 with path.keepWithin,"
                + " which scales it"),
        arguments(
            Command.TRAIN,
            "output: o\nnetwork: n\ntasks: [{name: a, train: {path: d}, anchorWeight: 1}]",
            "run.yaml line 3: tasks.0.anchorWeight is 1; it must be absent but with adapt, which"
                + " keeps something beside a task"),
        arguments(
            Command.TRAIN,
            "- a",
            "run.yaml: holds a list; a recipe is a mapping of keys to values"));
  }

  @ParameterizedTest
  @MethodSource("missing")
  void namesWhatTheCommandNeeds(Command command, String yaml, String line) {
    assertEquals(line, dataError(() -> Recipes.resolve(command, yaml)));
  }

  static Stream<Arguments> overrides() {
    return Stream.of(
        arguments(
            "path.stpes=secret",
            "--set path.stpes: unknown key path.stpes; did you mean path.steps?"),
        arguments(
            "path.steps=x",
            "--set path.steps: path.steps is \"x\"; it must be an integer from 1 to 100000000"),
        arguments(
            "keep.5.limit=1",
            "--set keep.5.limit: keep is a list of 1 entries and has no entry \"5\"; use a number"
                + " from 0 to 1 (the last adds an entry)"),
        arguments(
            "seed.x=1", "--set seed.x: seed is a value and has no part \"x\"; set seed itself"),
        arguments(
            "path={steps",
            "--set path: not YAML: expected ',' or '}', but got <stream end>; check indentation,"
                + " quotes and brackets there"));
  }

  @ParameterizedTest
  @MethodSource("overrides")
  void namesTheOptionOfAWrongOverride(String set, String line) {
    assertEquals(line, dataError(() -> Recipes.resolve(Command.ADAPT, Recipes.SMALLEST, set)));
  }

  @Test
  void namesTheSparkSettingOfAWrongOverride() {
    assertEquals(
        "--conf spark.fip.path.steps: path.steps is 0; it must be an integer from 1 to 100000000",
        dataError(
            () ->
                Recipe.resolve(
                    Command.ADAPT,
                    new RecipeSource("run.yaml", Recipes.SMALLEST),
                    Map.of("spark.fip.path.steps", "0"),
                    List.of(),
                    NetworkKind.Lookup.PLAIN)));
  }

  @Test
  void aSetWithoutKeyOrValueIsAUsageError() {
    for (String set : List.of("path.steps", "=3", "")) {
      FipException e =
          assertThrows(
              FipException.class, () -> Recipes.resolve(Command.ADAPT, Recipes.SMALLEST, set));
      assertEquals(FipException.Category.USAGE, e.category());
    }
    FipException e =
        assertThrows(
            FipException.class,
            () -> Recipes.resolve(Command.ADAPT, Recipes.SMALLEST, "path..steps=1"));
    assertEquals(
        "--set path..steps: the key has an empty part; write it as section.key", e.getMessage());
    assertEquals(FipException.Category.USAGE, e.category());
  }

  @Test
  void valuesOfUnknownKeysAreNotShown() {
    String message =
        dataError(() -> Recipes.resolve(Command.ADAPT, Recipes.SMALLEST + "password: hunter2\n"));
    assertFalse(message.contains("hunter2"), message);
  }

  @Test
  void longAndMultiLineValuesStayOnOneShortLine() {
    String message =
        dataError(
            () ->
                Recipes.resolve(
                    Command.ADAPT,
                    Recipes.SMALLEST + "path: {sampler: \"a\\nb" + "x".repeat(500) + "\"}"));
    assertEquals(1, message.lines().count());
    assertEquals(
        "run.yaml line 5: path.sampler is \"a?b"
            + "x".repeat(57)
            + "...\"; it must be one of anchored, geodesic, fine-tuning, replay, released, joint, der++, ewc, lora",
        message);
  }

  @Test
  void aDeepRecipeIsRefusedAndDoesNotOverflow() {
    String message =
        dataError(
            () ->
                Recipes.resolve(Command.ADAPT, "seed: " + "[".repeat(20_000) + "]".repeat(20_000)));
    assertEquals("run.yaml line 1: more than 40 levels deep; a recipe is flat", message);
  }

  private static String dataError(Executable action) {
    FipException e = assertThrows(FipException.class, action);
    assertEquals(FipException.Category.DATA, e.category(), e.getMessage());
    return e.getMessage();
  }
}
