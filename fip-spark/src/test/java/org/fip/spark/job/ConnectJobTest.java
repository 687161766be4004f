package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.fip.core.network.Network;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.recipe.Command;
import org.fip.spark.store.Finding;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths between two networks of the digits that were trained from different random weights. */
class ConnectJobTest {
  private static final String RECIPE =
      """
      keep: [{path: 'builtin:digits'}]
      evaluate: {digits: {path: 'builtin:digits', split: test}}
      connect: {bends: 3, resolution: 2}
      path: {steps: 80, anchorBatch: 64, learningRate: 0.01, checkpointEvery: 20}
      """;

  private static final String[] SHORT = {
    "connect.bends=1", "connect.resolution=3", "path.steps=20", "path.checkpointEvery=10"
  };

  @TempDir static Path temporary;
  private static String one;
  private static String other;

  @BeforeAll
  static void train() {
    one = Digits.train(temporary.resolve("one"), 0);
    other = Digits.train(temporary.resolve("other"), 1);
  }

  private static ConnectResult connect(String name, String... sets) {
    return new ConnectJob(Digits.CONTEXT, Digits.recipe(Command.CONNECT, RECIPE, all(name, sets)))
        .run();
  }

  private static String[] all(String name, String... sets) {
    List<String> all = new ArrayList<>();
    all.addAll(
        List.of("network=" + one, "connect.to=" + other, "output=" + temporary.resolve(name)));
    all.addAll(List.of(sets));
    return all.toArray(String[]::new);
  }

  private static PathStore store(String name) {
    return PathStore.open(
        new Configuration(), new org.apache.hadoop.fs.Path(temporary.resolve(name).toUri()));
  }

  private static float[] weights(String folder) {
    return Network.load(new LocalFolder(Path.of(folder.replaceFirst("^file:/*", "/")))).weights();
  }

  @Test
  void thePathKeepsWhatTheStraightLineLosesAndEndsAtBothNetworks() {
    ConnectResult result = connect("path");
    Course.Loss path = result.path().loss("digits");
    Course.Loss straight = result.straight().loss("digits");
    assertTrue(straight.accuracyDrop() > 0.1, result.summary());
    assertTrue(path.accuracyDrop() < straight.accuracyDrop() / 3, result.summary());
    assertTrue(result.path().lengthOutputs() < result.straight().lengthOutputs());
    assertTrue(result.path().lengthWeights() > result.straight().lengthWeights());
    for (String name : List.of("path", "path/straight")) {
      PathStore store = store(name);
      assertEquals(LongStream.rangeClosed(0, 8).boxed().toList(), store.steps());
      assertArrayEquals(weights(one), store.read(0).state().weights());
      assertArrayEquals(weights(other), store.read(8).state().weights());
    }
    assertArrayEquals(weights(other), weights(result.report().path("network").asText()));
    assertEquals(
        9, result.toJson().at("/connect/path/evaluation/digits/accuracy").size(), "points");
  }

  @Test
  void anInterruptedRunEndsAtTheSameBits() {
    connect("whole", SHORT);
    // Once in the relaxation, once on the path, once on the straight line.
    for (int commits : new int[] {2, 4, 8}) {
      assertThrows(Digits.Killed.class, () -> interrupted("killed", commits));
    }
    connect("killed", SHORT);
    for (long step : store("whole").steps()) {
      assertArrayEquals(
          store("whole").read(step).state().weights(),
          store("killed").read(step).state().weights(),
          "point " + step);
    }
  }

  @Test
  void missingAndDamagedPointsAreWalkedToAgain() throws IOException {
    String whole = connect("healed", SHORT).toJson().path("connect").toString();
    Path waypoints = temporary.resolve("healed/waypoints");
    store("healed").delete(List.of(2L), List.of());
    assertEquals(whole, connect("healed", SHORT).toJson().path("connect").toString(), "missing");
    Path damaged = waypoints.resolve("000001/model.safetensors");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length - 1] ^= 1;
    Files.write(damaged, bytes);
    connect("healed", SHORT);
    assertTrue(store("healed").verify().stream().allMatch(Finding::whole));
  }

  @Test
  void anotherNetworkInThePlaceOfTheEndIsRefused() throws IOException {
    Path end = temporary.resolve("end");
    Digits.train(end, 1);
    String network = end.resolve("network").toString();
    connect("pinned", all(SHORT, "connect.to=" + network));
    connect("pinned", all(SHORT, "connect.to=" + network));
    Files.copy(
        Path.of(one.replaceFirst("^file:/*", "/")).resolve("model.safetensors"),
        end.resolve("network/model.safetensors"),
        StandardCopyOption.REPLACE_EXISTING);
    FipException failure =
        assertThrows(
            FipException.class, () -> connect("pinned", all(SHORT, "connect.to=" + network)));
    assertTrue(failure.getMessage().contains("begun to"), failure.getMessage());
  }

  private static String[] all(String[] sets, String last) {
    String[] all = Arrays.copyOf(sets, sets.length + 1);
    all[sets.length] = last;
    return all;
  }

  private static void interrupted(String name, int commits) {
    new ConnectJob(
            Digits.killedAfter(commits), Digits.recipe(Command.CONNECT, RECIPE, all(name, SHORT)))
        .run();
  }

  @Test
  void alignmentBringsTheNetworksNearerAndKeepsTheFunctionAtTheEnd() {
    ConnectResult plain = connect("plain", "path.steps=20");
    ConnectResult aligned = connect("aligned", "path.steps=20", "connect.align=weights");
    assertTrue(aligned.straight().lengthWeights() < 0.9 * plain.straight().lengthWeights());
    assertFalse(Arrays.equals(weights(other), weights(aligned.report().path("network").asText())));
    assertEquals(
        plain.toJson().at("/evaluation/digits/end/loss").asDouble(),
        aligned.toJson().at("/evaluation/digits/end/loss").asDouble(),
        1e-6);
  }

  @Test
  void networksOfDifferentShapeAreRefused() {
    String wider =
        Digits.train(temporary.resolve("wider"), 0, "architecture.hidden_sizes=[21, 10]");
    FipException failure =
        assertThrows(FipException.class, () -> connect("shape", "connect.to=" + wider, "seed=1"));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains("fc1.weight"), failure.getMessage());
  }
}
