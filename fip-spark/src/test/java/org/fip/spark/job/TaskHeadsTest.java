package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fip.core.data.EncodedExamples;
import org.fip.core.network.Network;
import org.fip.core.objective.LogitAdjustment;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.SamplerKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a growing head is divided, of ten digits and four classes more. */
class TaskHeadsTest {
  private static final int CLASSES = 14;
  private static final String RECIPE =
      """
      keep: [{path: 'builtin:digits', limit: 40}]
      tasks: [{name: more, train: {path: 'builtin:digits'}}]
      """;

  @TempDir private Path temporary;
  private Network start;
  private TaskHeads heads;

  @BeforeEach
  void grow() {
    String network = Digits.train(temporary.resolve("start"), 0);
    Path folder = temporary.resolve("start").resolve("network");
    start = Network.load(new LocalFolder(folder)).withClasses(CLASSES);
    Recipe recipe =
        Digits.recipe(
            Command.ADAPT, RECIPE, "network=" + network, "output=" + temporary.resolve("walk"));
    heads = TaskHeads.of(recipe, start, new Sources(Digits.CONTEXT, Command.ADAPT));
  }

  private LogitAdjustment frequencies(int anchors, int... labels) {
    return heads.at(SamplerKind.ANCHORED, examples(labels), anchors, start).frequencies();
  }

  private static EncodedExamples examples(int... labels) {
    byte[][] texts = new byte[labels.length][1];
    int[] rows = IntStream.range(0, labels.length).toArray();
    return EncodedExamples.texts(texts, labels, rows, "task");
  }

  private static int[] labels(int each, int... classes) {
    return Arrays.stream(classes).flatMap(c -> IntStream.generate(() -> c).limit(each)).toArray();
  }

  private static Set<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().collect(Collectors.toSet());
  }

  @Test
  void knownClassesCountAsLessByTheLogarithmOfTheRatio() {
    LogitAdjustment twoNew = frequencies(40, labels(60, 10, 11));
    assertEquals(range(0, 10), twoNew.outputs());
    assertEquals(Math.log(60 / 4.0), twoNew.amount(), 1e-12);

    LogitAdjustment again = frequencies(40, labels(60, 3, 12));
    assertEquals(Set.of(0, 1, 2, 4, 5, 6, 7, 8, 9), again.outputs());
    assertEquals(Math.log(60 / 4.0), again.amount(), 1e-12);

    LogitAdjustment last = frequencies(40, labels(60, 10, 11, 12, 13));
    assertEquals(range(0, 10), last.outputs());
    assertEquals(Math.log(60 / 4.0), last.amount(), 1e-12);
  }

  @Test
  void classesWithNoMoreExamplesThanAnchorsAndPathsWithoutAnchorsAreAsTheyAre() {
    assertTrue(frequencies(40, labels(4, 10, 11)).none());
    assertTrue(frequencies(40, labels(3, 10)).none());
    assertTrue(frequencies(0, labels(60, 10)).none());
  }

  @Test
  void aHeadThatWasLearnedIsHeldAndANewOneIsFree() {
    String recipe =
        """
        incremental: task
        keep: [{path: 'builtin:digits', limit: 40}]
        tasks:
          - {name: again, train: {path: 'builtin:digits'}}
          - {name: more, train: {path: 'builtin:digits', labels: [0, 1], labelOffset: 10}}
        """;
    String[] sets = {
      "network=" + temporary.resolve("start/network"), "output=" + temporary.resolve("walk")
    };
    TaskHeads own =
        TaskHeads.of(
            Digits.recipe(Command.ADAPT, recipe, sets),
            start,
            new Sources(Digits.CONTEXT, Command.ADAPT));
    TaskHeads.Division again = own.at(SamplerKind.ANCHORED, examples(labels(1, 3, 4)), 40, start);
    assertEquals(Set.of(), again.exempt());
    assertEquals(range(0, 10), again.learned());
    TaskHeads.Division more = own.at(SamplerKind.ANCHORED, examples(labels(1, 10, 11)), 40, start);
    assertEquals(Set.of(10, 11), more.exempt());
  }
}
