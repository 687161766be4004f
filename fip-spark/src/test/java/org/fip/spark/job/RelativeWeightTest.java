package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.fip.core.anchors.Anchors;
import org.fip.core.manifold.Manifold;
import org.fip.core.network.Network;
import org.fip.core.objective.Batch;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.recipe.Command;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A drift in parts of what the reference says, on embedded digits. */
class RelativeWeightTest {
  private static final String ADAPT =
      """
      keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3, 4], limit: 40}]
      tasks: [{name: more, train: {path: 'builtin:digits', labels: [5, 6, 7, 8, 9]}}]
      evaluate: {digits: {path: 'builtin:digits', split: test}}
      path: {steps: 6, batch: 32, anchorBatch: 32, checkpointEvery: 3, anchorWeight: 0.3}
      """;

  @TempDir private Path temporary;
  private String start;

  @BeforeEach
  void train() {
    start = Digits.train(temporary.resolve("start"), 0);
  }

  private float[] walk(String name, String... sets) {
    job(name, sets).run();
    return network(name).weights();
  }

  private AdaptJob job(String name, String... sets) {
    List<String> all =
        new ArrayList<>(List.of("output=" + temporary.resolve(name), "network=" + start));
    all.addAll(List.of(sets));
    return new AdaptJob(
        Digits.CONTEXT, Digits.recipe(Command.ADAPT, ADAPT, all.toArray(String[]::new)));
  }

  private Network network(String name) {
    return Network.load(new LocalFolder(temporary.resolve(name).resolve("network")));
  }

  /** The recipe's weight over a hundredth of the spread of what the start says of the anchors. */
  private double absolute(String name) {
    Anchors anchors =
        PathStore.open(
                new Configuration(), new org.apache.hadoop.fs.Path(temporary.resolve(name).toUri()))
            .anchors(0)
            .orElseThrow();
    Network network = network("start");
    try (Manifold manifold = Manifold.local(network, Map.of("anchors", anchors.examples()))) {
      double spread = manifold.referenceSpread(Batch.of("anchors", PathWalk.PROBE), 0);
      assertTrue(spread > 120, "spread " + spread);
      return 0.3 * 100 / spread;
    }
  }

  @Test
  void theWeightIsPerHundredthOfTheSpread() {
    float[] relative = walk("relative");
    String weight = "path.anchorWeight=" + absolute("relative");
    assertArrayEquals(relative, walk("absolute", "path.relativeWeight=false", weight), 1e-5f);
    float[] plain = walk("plain", "path.relativeWeight=false");
    double apart = 0;
    for (int i = 0; i < plain.length; i++) {
      apart = Math.max(apart, Math.abs(plain[i] - relative[i]));
    }
    assertTrue(apart > 1e-4, "the weight alone makes no difference: " + apart);
  }

  @Test
  void aNetworkThatSaysLittleHoldsAtMostTwice() {
    start = Digits.train(temporary.resolve("weak"), 0, "path.steps=2");
    String[] twice = {"path.relativeWeight=false", "path.anchorWeight=0.6"};
    assertArrayEquals(walk("relative"), walk("twice", twice));
  }

  @Test
  void otherDistancesHaveNoUnit() {
    assertArrayEquals(
        walk("one", "path.distance=kl"),
        walk("other", "path.distance=kl", "path.relativeWeight=false"));
  }

  /** While the second task is learned two are kept, so the recipe's weight of 0.3 is 0.6 then. */
  @ParameterizedTest
  @ValueSource(strings = {"anchored", "geodesic"})
  void aTaskMayHaveItsOwnWeight(String sampler) {
    float[] recipes = walk("recipes", tasks("null"), "path.sampler=" + sampler);
    assertArrayEquals(recipes, walk("same", tasks("0.6"), "path.sampler=" + sampler));
    float[] other = walk("other", tasks("0.3"), "path.sampler=" + sampler);
    assertArrayEquals(weightsAt("recipes", 6), weightsAt("other", 6), "the first task");
    assertFalse(Arrays.equals(recipes, other), "the second one");
  }

  @Test
  void whatATaskHasIsNotChosen() {
    String[] auto = {"path.anchorWeight=auto", "path.auto.weights=[0.1]", "path.auto.steps=2"};
    AdaptJob job = job("chosen", tasks("0.2"), auto[0], auto[1], auto[2]);
    JsonNode chosen = job.run().toJson().path("anchorWeights");
    assertEquals(0.1, chosen.path(0).asDouble(), chosen.toString());
    assertTrue(chosen.path(1).isNull(), chosen.toString());
  }

  @Test
  void reportsTellTheWeightOfATask() throws IOException {
    job("told", tasks("0.2")).run();
    JsonNode path = new ObjectMapper().readTree(temporary.resolve("told/path.json").toFile());
    String learned = Asked.of("adapt", path.path("recipe")).get("Learned");
    assertEquals(1, learned.split("weight of the drift", -1).length - 1, learned);
    assertTrue(learned.endsWith(", weight of the drift 0.2)"), learned);
  }

  private static String tasks(String second) {
    return "tasks=[{name: a, train: {path: 'builtin:digits', labels: [5, 6]}},"
        + " {name: b, anchorWeight: "
        + second
        + ", train: {path: 'builtin:digits', labels: [7, 8, 9]}}]";
  }

  private float[] weightsAt(String name, long step) {
    return PathStore.open(
            new Configuration(), new org.apache.hadoop.fs.Path(temporary.resolve(name).toUri()))
        .read(step)
        .state()
        .weights();
  }

  @Test
  void itIsForAdaptAlone() {
    FipException refused =
        assertThrows(
            FipException.class,
            () ->
                Digits.recipe(
                    Command.SPARSIFY, ADAPT, "output=x", "network=y", "path.relativeWeight=true"));
    assertTrue(refused.getMessage().contains("path.relativeWeight"), refused.getMessage());
  }
}
