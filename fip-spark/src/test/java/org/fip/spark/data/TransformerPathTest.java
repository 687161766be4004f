package org.fip.spark.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.fip.core.data.TextTokenizer;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.safetensors.Checkpoint;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.job.AdaptJob;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.TrainJob;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipeSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths of transformers from files to a network: a BERT on texts, a ViT with frozen tensors. */
class TransformerPathTest {
  private static final JobContext CONTEXT =
      new JobContext(
          new Configuration(),
          (network, settings, data) ->
              new LocalWorkers(
                  new WorkerSpec(network, 2, settings.seed(), settings.memory()),
                  data,
                  Device.cpu()),
          ProgressListener.NONE);

  @TempDir private Path temporary;

  private Recipe recipe(Command command, String text, String output, String network) {
    List<String> sets =
        network == null
            ? List.of("output=" + temporary.resolve(output))
            : List.of("output=" + temporary.resolve(output), "network=" + network);
    return Recipe.resolve(
        command, new RecipeSource("test.yaml", text), Map.of(), sets, NetworkKind.Lookup.PLAIN);
  }

  private static Map<String, byte[]> tensors(String folder) {
    Map<String, byte[]> tensors = new HashMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(new LocalFolder(Path.of(folder)))) {
      checkpoint.tensors().forEach(t -> tensors.put(t.name(), checkpoint.readBytes(t)));
    }
    return tensors;
  }

  private static String local(JsonNode location) {
    return location.asText().replaceFirst("^file:", "");
  }

  @Test
  void aVisionTransformerLearnsAndKeepsItsFrozenTensors() {
    String train =
        """
        architecture: {architectures: [ViTForImageClassification], image_size: 8, patch_size: 4,
                       num_channels: 1, hidden_size: 16, num_hidden_layers: 2,
                       num_attention_heads: 2, intermediate_size: 24,
                       id2label: {'0': zero, '1': one, '2': two, '3': three}}
        preprocessor: {image_processor_type: ViTImageProcessor, do_resize: false,
                       do_rescale: true, rescale_factor: 0.0625, do_normalize: false}
        tasks: [{name: first, train: {path: 'builtin:digits', labels: [0, 1, 2, 3]}}]
        evaluate: {first: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3]}}
        path: {steps: 120, batch: 64, learningRate: 0.01, checkpointEvery: 60}
        """;
    JsonNode start =
        new TrainJob(CONTEXT, recipe(Command.TRAIN, train, "start", null)).run().toJson();
    double before = start.at("/evaluation/first/end/accuracy").asDouble();
    assertTrue(before > 0.8, "the ViT did not learn: " + start);
    String adapt =
        """
        keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3], limit: 40}]
        tasks: [{name: second, train: {path: 'builtin:digits', labels: [4, 5]}}]
        evaluate: {first: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3]},
                   second: {path: 'builtin:digits', split: test, labels: [4, 5]}}
        path: {steps: 200, batch: 32, anchorBatch: 32, learningRate: 0.005, checkpointEvery: 100,
               widening: {shift: 0}, memory: 1m,
               tensors: {exclude: ['vit\\.embeddings\\..*', '.*layer\\.0\\..*']}}
        """;
    String network = local(start.path("network"));
    JsonNode result =
        new AdaptJob(CONTEXT, recipe(Command.ADAPT, adapt, "adapt", network)).run().toJson();
    Map<String, byte[]> old = tensors(network);
    Map<String, byte[]> moved = tensors(local(result.path("network")));
    assertEquals(old.keySet(), moved.keySet());
    int frozen = 0;
    for (String name : old.keySet()) {
      boolean stays = name.startsWith("vit.embeddings.") || name.contains("layer.0.");
      frozen += stays ? 1 : 0;
      assertEquals(stays, Arrays.equals(old.get(name), moved.get(name)), name);
    }
    assertEquals(20, frozen);
    assertTrue(result.at("/evaluation/second/end/accuracy").asDouble() > 0.3, result.toString());
    assertTrue(result.at("/evaluation/first/end/accuracy").asDouble() > 0.5, result.toString());
  }

  /** A BERT with random weights, whose words are those of the tokenizer's test. */
  private String bert() throws IOException {
    Path folder = temporary.resolve("bert");
    String config =
        """
        {"architectures": ["BertForSequenceClassification"], "hidden_size": 16,
         "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24,
         "vocab_size": 29, "max_position_embeddings": 16}
        """;
    Network.initialize(new NetworkConfig(new ObjectMapper().readTree(config), "test"), null, 3)
        .save(new LocalFolder(folder));
    try (InputStream vocabulary = TextTokenizer.class.getResourceAsStream("tokenizer/vocab.txt")) {
      Files.copy(vocabulary, folder.resolve("vocab.txt"));
    }
    return folder.toString();
  }

  private void texts(String name, List<String> first, List<String> second) throws IOException {
    for (String split : List.of("train", "test")) {
      DataFiles.parquet(
          temporary.resolve(name + "/" + split + ".parquet"),
          DataFiles.TEXTS,
          CompressionCodecName.ZSTD,
          60,
          (row, group) -> {
            List<String> of = row % 2 == 0 ? first : second;
            group.add("text", of.get(row % of.size()) + " .".repeat(row % 5));
            group.add("label", row % 2);
          });
    }
  }

  @Test
  void aBertLearnsToTellTextsApart() throws IOException {
    texts("old", List.of("the path", "path of the path"), List.of("walked", "invariant walk"));
    texts("new", List.of("function"), List.of("weight of weight", "weight"));
    String text =
        """
        keep: [{path: OLD, limit: 10}]
        tasks: [{name: new, train: {path: NEW}}]
        evaluate: {new: {path: NEW, split: test}}
        path: {steps: 60, batch: 16, anchorBatch: 10, learningRate: 0.01, checkpointEvery: 30,
               anchorWeight: 0.01, widening: {tokenDropout: DROPOUT, spanMixing: true}}
        """
            .replace("OLD", temporary.resolve("old").toString())
            .replace("NEW", temporary.resolve("new").toString());
    String network = bert();
    Recipe recipe = recipe(Command.ADAPT, text.replace("DROPOUT", "0.3"), "texts", network);
    JsonNode result = new AdaptJob(CONTEXT, recipe).run().toJson();
    assertEquals(1, result.at("/evaluation/new/end/accuracy").asDouble(), result.toString());
    String end = local(result.path("network"));
    assertArrayEquals(
        Files.readAllBytes(Path.of(network, "vocab.txt")),
        Files.readAllBytes(Path.of(end, "vocab.txt")));
    assertFalse(
        Arrays.equals(
            tensors(network).get("bert.pooler.dense.weight"),
            tensors(end).get("bert.pooler.dense.weight")));
    Recipe unhidden = recipe(Command.ADAPT, text.replace("DROPOUT", "0"), "unhidden", network);
    JsonNode other = new AdaptJob(CONTEXT, unhidden).run().toJson();
    assertNotEquals(
        result.path("length").path("weights"), other.path("length").path("weights"), "dropout");
    String substitution = text.replace("DROPOUT", "0, tokenSubstitution: 0.5");
    Recipe substituted = recipe(Command.ADAPT, substitution, "substituted", network);
    JsonNode third = new AdaptJob(CONTEXT, substituted).run().toJson();
    assertNotEquals(
        other.path("length").path("weights"), third.path("length").path("weights"), "tokens");
  }

  /** Anchors that have one word all can only change by words of other texts. */
  @Test
  void tokensAreSubstitutedByThoseOfTheTask() throws IOException {
    texts("old", List.of("."), List.of(". ."));
    texts("new", List.of("function"), List.of("weight of weight", "weight"));
    String text =
        """
        keep: [{path: OLD}]
        tasks: [{name: new, train: {path: NEW}}]
        evaluate: {new: {path: NEW, split: test}}
        path: {steps: 4, batch: 4, anchorBatch: 4, learningRate: 0.01,
               widening: {tokenDropout: 0, spanMixing: false, tokenSubstitution: SHARE}}
        """
            .replace("OLD", temporary.resolve("old").toString())
            .replace("NEW", temporary.resolve("new").toString());
    String network = bert();
    Recipe without = recipe(Command.ADAPT, text.replace("SHARE", "0"), "without", network);
    Recipe with = recipe(Command.ADAPT, text.replace("SHARE", "1"), "with", network);
    assertNotEquals(
        new AdaptJob(CONTEXT, without).run().toJson().path("length").path("weights"),
        new AdaptJob(CONTEXT, with).run().toJson().path("length").path("weights"));
  }

  /** The default for texts; embeddings move unless others are named, and baselines move all. */
  @Test
  void networksThatReadTextsMoveByLowRankChanges() throws IOException {
    texts("new", List.of("function"), List.of("weight of weight", "weight"));
    String text =
        """
        keep: []
        tasks: [{name: new, train: {path: NEW}}]
        evaluate: {new: {path: NEW, split: test}}
        baselines: [fine-tuning]
        path: {steps: 3, batch: 4, lowRank: {include: [INCLUDE]}}
        """
            .replace("NEW", temporary.resolve("new").toString());
    String network = bert();
    String table = "bert.embeddings.word_embeddings.weight";
    String offset = "bert.pooler.dense.bias";
    Map<String, byte[]> before = tensors(network);
    for (boolean all : List.of(true, false)) {
      Recipe recipe =
          recipe(
              Command.ADAPT,
              text.replace("INCLUDE", all ? "" : "'.*dense.*'"),
              "all" + all,
              network);
      JsonNode result = new AdaptJob(CONTEXT, recipe).run().toJson();
      String end = local(result.path("network"));
      assertEquals(all, !Arrays.equals(before.get(table), tensors(end).get(table)));
      assertArrayEquals(before.get(offset), tensors(end).get(offset));
      String baseline = Path.of(end).getParent() + "/baselines/fine-tuning/network";
      assertFalse(Arrays.equals(before.get(offset), tensors(baseline).get(offset)));
    }
  }
}
