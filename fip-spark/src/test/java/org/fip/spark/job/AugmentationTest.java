package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fip.core.network.Network;
import org.fip.core.objective.Widening;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.SamplerKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Examples that are varied where their labels are read, on embedded digits. */
class AugmentationTest {
  private static final String ADAPT =
      """
      keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3, 4], limit: 40}]
      tasks: [{name: more, train: {path: 'builtin:digits', labels: [5, 6, 7, 8, 9]}}]
      path: {steps: 6, batch: 32, anchorBatch: 32, checkpointEvery: 6,
             widening: {mixture: false, shift: 0}}
      """;

  @TempDir private Path temporary;
  private String start;
  private int walks;

  @BeforeEach
  void train() {
    start = Digits.train(temporary.resolve("start"), 0);
  }

  private float[] walk(String... sets) {
    Recipe recipe = recipe(sets);
    new AdaptJob(Digits.CONTEXT, recipe).run();
    return Network.load(new LocalFolder(Path.of(recipe.output(), "network"))).weights();
  }

  private Recipe recipe(String... sets) {
    String output = "output=" + temporary.resolve("walk-" + walks++);
    List<String> all = new ArrayList<>(List.of(output, "network=" + start));
    all.addAll(List.of(sets));
    return Digits.recipe(Command.ADAPT, ADAPT, all.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"path.augmentation.shift=1", "path.augmentation.flip=true"})
  void examplesOfTheTaskAreVaried(String augmented) {
    String alone = "path.anchorWeight=0";
    assertFalse(Arrays.equals(walk(alone), walk(alone, augmented)));
    String anchors = augmented.replace("augmentation", "widening");
    assertArrayEquals(walk(alone), walk(alone, anchors), "anchors have no weight");
  }

  @Test
  void storedExamplesAreVariedWhereTheirLabelsAreRead() {
    Recipe recipe = recipe("path.augmentation.flip=true");
    Widening augmented = new Widening(false, 0, true, Widening.Texts.NONE);
    assertEquals(List.of(augmented), widenings(SamplerKind.REPLAY, recipe));
    assertEquals(List.of(augmented, augmented), widenings(SamplerKind.DER_PLUS_PLUS, recipe));
    assertEquals(List.of(Widening.NONE), widenings(SamplerKind.RELEASED, recipe));
    Widening anchors = recipe.path().widening().widening("task");
    assertEquals(List.of(anchors), widenings(SamplerKind.ANCHORED, recipe));
  }

  @Test
  void textsLoseTokensAndNothingElse() {
    Recipe recipe = recipe("path.augmentation.tokenDropout=0.5");
    Widening.Texts texts = new Widening.Texts(0.5, false, 0, null);
    assertEquals(
        List.of(new Widening(false, 0, false, texts)), widenings(SamplerKind.REPLAY, recipe));
  }

  private List<Widening> widenings(SamplerKind kind, Recipe recipe) {
    Network network = Network.load(new LocalFolder(temporary.resolve("start").resolve("network")));
    return new Samplers(kind, recipe.path(), network, 0)
        .anchorTerms(1, TaskHeads.Division.ONE, "task").stream()
            .map(term -> term.batch().widening())
            .toList();
  }

  @Test
  void settingsOfTextsDoNothingToImages() {
    assertArrayEquals(walk(), walk("path.augmentation.tokenDropout=0.5"));
  }
}
