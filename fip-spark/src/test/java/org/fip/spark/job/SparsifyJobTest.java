package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.fip.core.network.Network;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout.Slot;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.safetensors.TensorInfo;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.store.Finding;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparsifyJobTest {
  private static final String TRAIN =
      """
      architecture:
        architectures: [LeNet300100]
        model_type: lenet-300-100
        input_shape: [1, 8, 8]
        hidden_sizes: [32, 16]
        hidden_act: relu
        num_labels: 10
      preprocessor:
        {image_processor_type: ViTImageProcessor, do_resize: false, do_rescale: true,
         rescale_factor: 0.0625, do_normalize: false}
      tasks: [{name: all, train: {path: 'builtin:digits'}}]
      evaluate: {all: {path: 'builtin:digits', split: test}}
      path: {steps: 150, batch: 96, checkpointEvery: 150, learningRate: 0.01}
      """;

  private static final String SPARSIFY =
      """
      keep: [{path: 'builtin:digits'}]
      evaluate: {all: {path: 'builtin:digits', split: test}}
      path: {steps: 40, anchorBatch: 64, checkpointEvery: 10, learningRate: 0.01}
      sparsity: {stages: 4, scoreExamples: 32}
      """;

  @TempDir private static Path trained;
  private static String start;

  @TempDir private Path temporary;

  @BeforeAll
  static void train() {
    Recipe recipe = Digits.recipe(Command.TRAIN, TRAIN, "output=" + trained.resolve("start"));
    start = new TrainJob(Digits.CONTEXT, recipe).run().toJson().path("network").asText();
  }

  private Recipe recipe(String name, String... sets) {
    List<String> all =
        new ArrayList<>(List.of("network=" + start, "output=" + temporary.resolve(name)));
    all.addAll(List.of(sets));
    return Digits.recipe(Command.SPARSIFY, SPARSIFY, all.toArray(String[]::new));
  }

  private JsonNode sparsify(String name, String... sets) {
    return new SparsifyJob(Digits.CONTEXT, recipe(name, sets)).run().toJson();
  }

  private Network network(JsonNode entry) {
    return Network.load(new LocalFolder(folder(entry)));
  }

  private static Path folder(JsonNode entry) {
    return Path.of(entry.path("network").asText().replaceFirst("^file:", ""));
  }

  private static int zeros(float[] weights) {
    int zeros = 0;
    for (float weight : weights) {
      zeros += weight == 0 ? 1 : 0;
    }
    return zeros;
  }

  @Test
  void oneRunLeavesANetworkForEachSparsityOfTheCurve() throws IOException {
    JsonNode json =
        sparsify(
            "curve",
            "sparsity.curve=[0.5, 0.8]",
            "sparsity.target=0.9",
            "baselines=[one-shot, fine-tuning, released]");
    JsonNode curve = json.at("/sparsity/curve");
    assertEquals(3, curve.size());
    double[] targets = {0.5, 0.8, 0.9};
    for (int i = 0; i < 3; i++) {
      JsonNode entry = curve.get(i);
      float[] weights = network(entry).weights();
      assertEquals((int) Math.ceil(targets[i] * weights.length), zeros(weights));
      assertEquals(zeros(weights) / (double) weights.length, entry.path("achieved").asDouble());
      assertEquals(40 * (i + 1), entry.path("step").asInt());
      assertTrue(entry.at("/evaluation/all/accuracy").asDouble() > 0.5, entry.toString());
      checkFiles(folder(entry), weights, targets[i]);
    }
    assertEquals(json.path("network"), curve.get(2).path("network"));
    for (String name : List.of("one-shot", "fine-tuning", "released")) {
      JsonNode baseline = json.path("baselines").path(name);
      assertEquals(3, baseline.path("curve").size(), name);
      for (int i = 0; i < 3; i++) {
        assertEquals(
            curve.get(i).path("achieved"), baseline.path("curve").get(i).path("achieved"), name);
      }
      assertTrue(baseline.at("/evaluation/all/accuracy").asDouble() > 0, name);
    }
    PathStore store =
        PathStore.open(
            new Configuration(), new org.apache.hadoop.fs.Path(temporary.resolve("curve").toUri()));
    List<Finding> findings = store.verify();
    assertTrue(findings.stream().anyMatch(f -> f.toString().contains("curve/0.5")), "" + findings);
    assertTrue(findings.stream().allMatch(f -> f.problem().isEmpty()), findings.toString());
  }

  @Test
  void progressCountsTheStepsOfTheWholeCurve() {
    List<String> lengths = new ArrayList<>();
    ProgressListener listener =
        new ProgressListener() {
          @Override
          public void began(WalkStart walk) {
            lengths.add(walk.name() + ": " + walk.steps() + " of " + walk.total());
          }
        };
    JobContext context = new JobContext(new Configuration(), Digits.WORKERS, listener);
    new SparsifyJob(
            context,
            recipe("lengths", "sparsity.curve=[0.5]", "sparsity.target=0.9", "path.steps=8"))
        .run();
    assertEquals(List.of("sparsify to 0.5: 8 of 16", "sparsify to 0.9: 16 of 16"), lengths);
  }

  private static void checkFiles(Path folder, float[] weights, double target) throws IOException {
    JsonNode summary = new ObjectMapper().readTree(folder.resolve("sparsity.json").toFile());
    assertEquals(target, summary.path("target").asDouble());
    assertEquals(zeros(weights), summary.path("zeros").asInt());
    int ones = 0;
    try (SafetensorsReader masks =
        SafetensorsReader.open(
            new LocalFolder(folder).openRandom("masks.safetensors"), "masks.safetensors")) {
      for (TensorInfo tensor : masks.tensors()) {
        for (byte mask : masks.readBytes(tensor)) {
          ones += mask;
        }
      }
    }
    assertEquals(weights.length - zeros(weights), ones);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2:4", "block:4x2", "channel"})
  void everyPatternEndsAtItsZerosAndKeepsTheFunction(String pattern) {
    JsonNode json =
        pattern.equals("2:4")
            ? sparsify("pattern", "sparsity.pattern=2:4", "sparsity.score=diagonal")
            : sparsify(
                "pattern",
                "sparsity.pattern=" + pattern,
                "sparsity.target=0.5",
                "sparsity.score=exact-diagonal");
    int zeros = zeros(network(json).weights());
    assertEquals(zeros, json.at("/sparsity/zeros").asInt());
    assertEquals(
        0.5, json.at("/sparsity/achieved").asDouble(), pattern.equals("channel") ? 0.03 : 0.02);
    assertTrue(json.at("/evaluation/all/end/accuracy").asDouble() > 0.8, json.toString());
  }

  @Test
  void whatWasInterruptedEndsAtTheSameBits() throws IOException {
    String[] sets = {
      "sparsity.curve=[0.5, 0.8]", "sparsity.score=diagonal", "sparsity.compensate=true"
    };
    float[] whole = network(sparsify("whole", sets)).weights();
    JsonNode first = sparsify("cut", sets);
    Path root = temporary.resolve("cut");
    for (String gone :
        List.of("network", "waypoints/000060", "waypoints/000070", "waypoints/000080")) {
      try (var files = Files.walk(root.resolve(gone))) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    JsonNode again = sparsify("cut", sets);
    assertArrayEquals(whole, network(again).weights());
    assertEquals(first.at("/sparsity/curve/0"), again.at("/sparsity/curve/0"));
  }

  @Test
  void batchNormalisationsAreMadeGoodAfterRemoval() {
    String residual =
        """
        architecture: {architectures: [ResNetCifar], depths: [1], widths: [8], stem: cifar,
                       num_channels: 1, num_labels: 10}
        preprocessor: {image_processor_type: ViTImageProcessor, do_resize: false,
                       do_rescale: true, rescale_factor: 0.0625, do_normalize: false}
        tasks: [{name: all, train: {path: 'builtin:digits'}}]
        path: {steps: 60, batch: 64, checkpointEvery: 60, learningRate: 0.01}
        """;
    Recipe recipe =
        Digits.recipe(Command.TRAIN, residual, "output=" + temporary.resolve("residual"));
    String network =
        "network=" + new TrainJob(Digits.CONTEXT, recipe).run().toJson().path("network").asText();
    String[] sets = {"sparsity.target=0.8", "path.steps=1", "path.learningRate=1e-6", network};
    double removed = sparsify("removed", sets).path("drift").asDouble();
    double renormalized =
        sparsify("renormalized", sets[0], sets[1], sets[2], sets[3], "sparsity.renormalize=true")
            .path("drift")
            .asDouble();
    assertTrue(renormalized < 0.7 * removed, renormalized + " and " + removed);
    FipException otherShards =
        assertThrows(
            FipException.class,
            () ->
                sparsify(
                    "renormalized",
                    sets[0],
                    sets[1],
                    sets[2],
                    sets[3],
                    "sparsity.renormalize=true",
                    "path.shards=3"));
    assertTrue(otherShards.getMessage().contains("path.shards"), otherShards.getMessage());
  }

  @Test
  void labelsAreReadOnlyWhenAskedFor() {
    JsonNode without = sparsify("without", "sparsity.target=0.9");
    JsonNode with = sparsify("with", "sparsity.target=0.9", "sparsity.labels=true");
    assertTrue(
        zeros(network(without).weights()) == zeros(network(with).weights())
            && !Arrays.equals(network(without).weights(), network(with).weights()));
  }

  @Test
  void decisionsStandInForLabelsOfWhichNoneIsRead() {
    String decisions = "sparsity.decisions=true";
    float[] own = network(sparsify("own", "sparsity.target=0.9", decisions)).weights();
    float[] mislabelled =
        network(sparsify("mislabelled", "sparsity.target=0.9", decisions, "keep.0.labelOffset=7"))
            .weights();
    float[] without = network(sparsify("neither", "sparsity.target=0.9")).weights();
    float[] with =
        network(sparsify("labels", "sparsity.target=0.9", "sparsity.labels=true")).weights();

    assertArrayEquals(own, mislabelled);
    assertFalse(Arrays.equals(own, without));
    assertFalse(Arrays.equals(own, with));
  }

  @ParameterizedTest
  @ValueSource(strings = {"released", "fine-tuning"})
  void rivalsLearnNoDecisions(String rival) {
    String sampler = "path.sampler=" + rival;
    float[] plain = network(sparsify("plain", "sparsity.target=0.9", sampler)).weights();
    float[] asked =
        network(sparsify("asked", "sparsity.target=0.9", sampler, "sparsity.decisions=true"))
            .weights();

    assertArrayEquals(plain, asked);
  }

  @Test
  void whatCannotBeRemovedIsRefusedBeforeAnythingIsWritten() {
    FipException channels =
        assertThrows(
            FipException.class,
            () -> sparsify("much", "sparsity.pattern=channel", "sparsity.target=0.999"));
    assertTrue(channels.getMessage().contains("can remove at most"), channels.getMessage());
    FipException nothing =
        assertThrows(FipException.class, () -> sparsify("much", "sparsity.exclude=['.*']"));
    assertTrue(nothing.getMessage().contains("nothing to remove"), nothing.getMessage());
    FipException normalisation =
        assertThrows(FipException.class, () -> sparsify("much", "sparsity.renormalize=true"));
    assertTrue(
        normalisation.getMessage().contains("no batch normalisation"), normalisation.getMessage());
    assertTrue(Files.notExists(temporary.resolve("much")));
  }

  @Test
  void whatIsLearnedLaterStaysInTheFaceWhenAsked() {
    String sparse = sparsify("before", "sparsity.target=0.8").path("network").asText();
    Network before = Network.load(new LocalFolder(Path.of(sparse.substring(5))));
    String text =
        """
        keep: [{path: 'builtin:digits', limit: 50}]
        tasks: [{name: again, train: {path: 'builtin:digits', labels: [0, 1], labelOffset: 10}}]
        path: {steps: 20, batch: 32, anchorBatch: 32, checkpointEvery: 20}
        """;
    for (String sampler : List.of("anchored", "geodesic")) {
      Recipe recipe =
          Digits.recipe(
              Command.ADAPT,
              text,
              "network=" + sparse,
              "output=" + temporary.resolve("after-" + sampler),
              "path.sampler=" + sampler,
              "path.withinSparsity=true");
      Network after =
          Network.load(
              new LocalFolder(folder(new AdaptJob(Digits.CONTEXT, recipe).run().toJson())));
      assertEquals(12, after.classes());
      for (Slot slot : before.layout().slots()) {
        int now = after.layout().find(slot.parameter().name()).orElseThrow().offset();
        for (int i = slot.offset(); i < slot.end(); i++, now++) {
          boolean weight = slot.parameter().role() == Parameter.Role.WEIGHT;
          assertTrue(
              !weight || before.weights()[i] != 0 || after.weights()[now] == 0,
              sampler + ": " + slot.parameter().name());
        }
      }
    }
  }

  @Test
  void aNetworkWithoutItsRemovedChannelsIsTheSameFunction() {
    JsonNode json =
        sparsify(
            "channels", "sparsity.pattern=channel", "sparsity.target=0.6", "sparsity.smaller=true");
    JsonNode entry = json.at("/sparsity/curve/0");
    Network smaller =
        Network.load(
            new LocalFolder(Path.of(entry.path("smaller").asText().replaceFirst("^file:", ""))));
    Network whole = network(json);
    assertEquals(whole.weights().length - zeros(whole.weights()), smaller.weights().length);
  }
}
