package org.fip.spark.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Wire;
import org.fip.core.path.Schedule;
import org.fip.core.path.Solver;
import org.fip.core.sparsity.Budget;
import org.fip.spark.data.DataSelector;
import org.fip.spark.manifold.Communication;
import org.junit.jupiter.api.Test;

class RecipeTest {

  @Test
  void readsEveryKeyOfTheSharedPart() {
    Recipe recipe =
        Recipes.resolve(
            Command.ADAPT,
            """
            network: models/digits            # start
            output: paths/digits-to-more
            seed: 7
            keep:
              - {path: data/mnist, split: train, limit: 50}
            tasks:
              - name: fashion
                train: {path: data/fashion_mnist, labels: [3, 1], labelOffset: 10, seed: -1}
                anchorWeight: 0.4
            evaluate:
              mnist:   {path: data/mnist, split: test}
              fashion: {path: data/fashion_mnist, split: test, labelOffset: 10}
            baselines: [replay, fine-tuning]
            sparsity: {target: 0.5, pattern: 2:4, exclude: ['head\\..*']}
            path: {sampler: geodesic, steps: 10, learningRate: 1e-2, shards: 3}
            """);

    assertEquals("models/digits", recipe.network());
    assertEquals("paths/digits-to-more", recipe.output());
    assertEquals(7, recipe.seed());
    assertEquals(List.of(new DataSelector("data/mnist", "train", null, 0, 50, 0)), recipe.keep());
    assertEquals(
        List.of(
            new Task(
                "fashion",
                new DataSelector("data/fashion_mnist", "train", List.of(3, 1), 10, null, -1),
                0.4)),
        recipe.tasks());
    assertEquals(List.of("mnist", "fashion"), List.copyOf(recipe.evaluate().keySet()));
    assertEquals(List.of(SamplerKind.REPLAY, SamplerKind.FINE_TUNING), recipe.baselines());
    assertEquals("2:4", recipe.sparsity().pattern());
    assertEquals(List.of("head\\..*"), recipe.sparsity().exclude());
    assertEquals(40, recipe.sparsity().stages());
    assertEquals(SamplerKind.GEODESIC, recipe.path().sampler());
    assertEquals(0.01, recipe.path().learningRate());
    assertEquals(3, recipe.path().shards());
  }

  @Test
  void fillsInDocumentedDefaults() {
    Recipe recipe = Recipes.resolve(Command.ADAPT, Recipes.SMALLEST);

    assertEquals(0, recipe.seed());
    assertEquals(Map.of(), recipe.evaluate());
    assertEquals(List.of(), recipe.baselines());
    assertNull(recipe.architecture());
    assertEquals(
        new SparsitySettings(
            0.95,
            List.of(),
            "unstructured",
            Budget.GLOBAL,
            SparsityScore.MAGNITUDE,
            256,
            40,
            0.5,
            List.of(),
            false,
            false,
            false,
            false,
            false),
        recipe.sparsity());
    assertEquals(
        new PathSettings(
            SamplerKind.ANCHORED,
            1500,
            null,
            1,
            128,
            128,
            100,
            10,
            0,
            0.002,
            false,
            Schedule.LINEAR,
            Distance.SQUARED_LOGITS,
            new AnchorWeight(0.1),
            true,
            new AutoSettings(List.of(0.1, 0.3, 1.0), null, 0.2),
            0,
            null,
            0,
            0.6,
            new AugmentationSettings(0, false, 0),
            new WideningSettings(true, 2, false, 0.7, false, 0.7),
            new DerSettings(0.2, 1),
            new EwcSettings(1000, 500),
            new LowRankSettings(new Rank(null), 0.005, List.of()),
            new GeodesicSettings(Solver.EXACT, 5, 0.1, null, Metric.EUCLIDEAN, 5),
            new TensorsSettings(List.of(), List.of()),
            false,
            "2g",
            null,
            new CommunicationSettings(Communication.AUTO, Wire.FLOAT32)),
        recipe.path());
  }

  @Test
  void commandsHaveDefaultsOfTheirOwn() {
    PathSettings sparsify = Recipes.resolve(Command.SPARSIFY, Recipes.SMALLEST).path();
    assertEquals(Distance.KL, sparsify.distance());
    assertEquals(3000, sparsify.steps());
    assertEquals(128, sparsify.batch());

    assertEquals(
        SamplerKind.FINE_TUNING, Recipes.resolve(Command.TRAIN, Recipes.SMALLEST).path().sampler());
  }

  @Test
  void networksWithBatchNormalisationsLearnByDefaultsOfTheirOwn() {
    List<NetworkKind.Start> asked = new ArrayList<>();
    NetworkKind.Lookup normalized =
        start -> {
          asked.add(start);
          return NetworkKind.NORMALIZED;
        };
    RecipeSource source =
        new RecipeSource("run.yaml", Recipes.SMALLEST + "path: {schedule: linear}");
    List<String> sets = List.of("network=models/resnet");
    PathSettings adapt = Recipe.resolve(Command.ADAPT, source, Map.of(), sets, normalized).path();
    assertEquals(Distance.SHARPENED, adapt.distance());
    assertEquals(new AnchorWeight(1.0), adapt.anchorWeight());
    assertEquals(0.6, adapt.logitAdjustment());
    assertEquals(0.001, adapt.learningRate());
    assertEquals(new WideningSettings(false, 0, true, 0.7, false, 0.7), adapt.widening());
    assertEquals(Schedule.LINEAR, adapt.schedule());
    assertEquals(1500, adapt.steps());
    assertEquals(List.of(new NetworkKind.Start("models/resnet", null, "paths/x")), asked);

    assertEquals(
        Recipe.resolve(Command.SPARSIFY, source, Map.of(), sets, NetworkKind.Lookup.PLAIN),
        Recipe.resolve(Command.SPARSIFY, source, Map.of(), sets, normalized));
    assertEquals(1, asked.size());
  }

  @Test
  void aMistakeOfTheRecipeIsToldBeforeOneOfItsNetwork() {
    NetworkKind.Lookup missing =
        start -> {
          throw FipException.notFound("%s: no such network", start.network());
        };
    for (String mistake : List.of("", "path: {steps: 0}")) {
      RecipeSource source = new RecipeSource("run.yaml", Recipes.SMALLEST + mistake);
      FipException failure =
          assertThrows(
              FipException.class,
              () -> Recipe.resolve(Command.ADAPT, source, Map.of(), List.of(), missing));
      assertEquals(
          mistake.isEmpty()
              ? "models/digits: no such network"
              : "run.yaml line 5: path.steps is 0; it must be an integer from 1 to 100000000",
          failure.getMessage());
    }
  }

  @Test
  void trainTakesAnArchitectureInsteadOfANetwork() {
    Recipe recipe =
        Recipes.resolve(
            Command.TRAIN,
            """
            architecture: {architectures: [LeNet300100], layer_norm_eps: 1e-12, tie: no}
            preprocessor: {image_mean: [0.5]}
            output: paths/x
            tasks: [{name: b, train: {path: data/b}}]
            """);

    assertNull(recipe.network());
    assertEquals("LeNet300100", recipe.architecture().at("/architectures/0").textValue());
    assertEquals(1e-12, recipe.architecture().get("layer_norm_eps").doubleValue());
    assertEquals("no", recipe.architecture().get("tie").textValue());
    assertEquals(0.5, recipe.preprocessor().at("/image_mean/0").doubleValue());
  }

  @Test
  void commandLineWinsOverSparkConfigurationOverRecipeOverDefault() {
    String yaml = Recipes.SMALLEST + "path: {steps: 1, batch: 1, measureEvery: 1}\n";
    PathSettings path =
        Recipe.resolve(
                Command.ADAPT,
                new RecipeSource("run.yaml", yaml),
                Map.of(
                    "spark.fip.path.steps", "2",
                    "spark.fip.path.batch", "2",
                    "spark.master", "local[2]"),
                List.of("path.steps=3"),
                NetworkKind.Lookup.PLAIN)
            .path();

    assertEquals(3, path.steps());
    assertEquals(2, path.batch());
    assertEquals(1, path.measureEvery());
    assertEquals(100, path.checkpointEvery());
  }

  @Test
  void aLaterSetWinsOverAnEarlierOne() {
    Recipe recipe =
        Recipes.resolve(Command.ADAPT, Recipes.SMALLEST, "path.steps=3", "path.steps=4");
    assertEquals(4, recipe.path().steps());
  }

  @Test
  void setReachesListEntriesAndNamedEntriesAndAddsThem() {
    Recipe recipe =
        Recipes.resolve(
            Command.ADAPT,
            Recipes.SMALLEST,
            "keep.0.limit=20",
            "keep.1.path=data/c",
            "evaluate.mnist={path: data/mnist, split: test}",
            "evaluate.mnist.limit=100",
            "path.widening={shift: 1}",
            "sparsity.exclude=[a, b]",
            "path.geodesic.weightBudget=2");

    assertEquals(20, recipe.keep().get(0).limit());
    assertEquals("data/c", recipe.keep().get(1).path());
    assertEquals(
        new DataSelector("data/mnist", "test", null, 0, 100, 0), recipe.evaluate().get("mnist"));
    assertEquals(1, recipe.path().widening().shift());
    assertEquals(List.of("a", "b"), recipe.sparsity().exclude());
    assertEquals(2.0, recipe.path().geodesic().weightBudget());
  }

  @Test
  void theDeviceIsNoPartOfARecipe() {
    Map<String, String> settings = Map.of("spark.fip.device", "cpu");
    RecipeSource source = new RecipeSource("run.yaml", Recipes.SMALLEST);
    assertEquals(
        Recipes.resolve(Command.ADAPT, Recipes.SMALLEST),
        Recipe.resolve(Command.ADAPT, source, settings, List.of(), NetworkKind.Lookup.PLAIN));
  }

  @Test
  void runsWithoutARecipeFile() {
    Recipe recipe =
        Recipe.resolve(
            Command.SPARSIFY,
            RecipeSource.none(),
            Map.of(),
            List.of("network=m", "output=o", "keep.0.path=d"),
            NetworkKind.Lookup.PLAIN);
    assertEquals("d", recipe.keep().get(0).path());
  }

  @Test
  void aSectionWhoseLinesAreCommentedOutKeepsItsDefaults() {
    Recipe recipe = Recipes.resolve(Command.ADAPT, Recipes.SMALLEST + "path:\n  # steps: 5\n");
    assertEquals(1500, recipe.path().steps());
  }

  @Test
  void nullClearsAnOptionalValue() {
    Recipe recipe =
        Recipes.resolve(
            Command.ADAPT, Recipes.SMALLEST + "path: {shards: 4}\n", "path.shards=null");
    assertNull(recipe.path().shards());
  }

  @Test
  void collectionsCannotBeChanged() {
    Recipe recipe = Recipes.resolve(Command.ADAPT, Recipes.SMALLEST);
    assertThrows(UnsupportedOperationException.class, () -> recipe.keep().clear());
    assertThrows(UnsupportedOperationException.class, () -> recipe.evaluate().clear());
  }
}
