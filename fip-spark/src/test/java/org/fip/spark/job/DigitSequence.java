package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.network.Network;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.store.PathStore;

/**
 * A short sequence of tasks of the embedded digits, walked in folders of a temporary one.
 *
 * @param temporary where paths are
 * @param start folder of the network that they start from
 */
record DigitSequence(Path temporary, String start) {
  static final String TRAIN =
      """
      architecture: {architectures: [LeNet300100], input_shape: [1, 8, 8],
                     hidden_sizes: [20, 10], num_labels: 4}
      preprocessor: {image_processor_type: ViTImageProcessor, do_resize: false,
                     do_rescale: true, rescale_factor: 0.0625, do_normalize: false}
      tasks: [{name: first, train: {path: 'builtin:digits', labels: [0, 1, 2, 3]}}]
      evaluate: {first: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3]}}
      path: {steps: 60, batch: 32, learningRate: 0.01, checkpointEvery: 30}
      """;

  static final String RECIPE =
      """
      keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3], limit: 20}]
      tasks:
        - {name: second, train: {path: 'builtin:digits', labels: [4, 5, 6]}}
        - {name: third, train: {path: 'builtin:digits', labels: [7, 8, 9]}}
      evaluate:
        first: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3]}
        second: {path: 'builtin:digits', split: test, labels: [4, 5, 6]}
        third: {path: 'builtin:digits', split: test, labels: [7, 8, 9]}
      baselines: [fine-tuning]
      path: {steps: 40, batch: 32, anchorBatch: 32, learningRate: 0.01, checkpointEvery: 20,
             anchorWeight: 0.05, relativeWeight: false, widening: {shift: 0}}
      """;

  /** Trains the start network. */
  static DigitSequence train(Path temporary) {
    PathResult trained =
        new TrainJob(
                Digits.CONTEXT,
                Digits.recipe(Command.TRAIN, TRAIN, "output=" + temporary.resolve("start")))
            .run();
    assertTrue(trained.end().get("first").accuracy() > 0.9, trained.summary());
    return new DigitSequence(temporary, trained.toJson().path("network").asText());
  }

  /** The setting that names a folder of the temporary one. */
  String output(String name) {
    return "output=" + temporary.resolve(name);
  }

  /** Walks the sequence. */
  AdaptResult adapt(String name, String... sets) {
    List<String> all = new ArrayList<>(List.of("network=" + start));
    all.addAll(List.of(sets));
    return walk(RECIPE, name, all.toArray(String[]::new));
  }

  /** Walks another recipe. */
  AdaptResult walk(String text, String name, String... sets) {
    List<String> all = new ArrayList<>(List.of(output(name)));
    all.addAll(List.of(sets));
    Recipe recipe = Digits.recipe(Command.ADAPT, text, all.toArray(String[]::new));
    return new AdaptJob(Digits.CONTEXT, recipe).run();
  }

  PathStore open(String name) {
    return PathStore.open(
        new Configuration(), new org.apache.hadoop.fs.Path(temporary.resolve(name).toUri()));
  }

  /** The rows of the head, weights and offsets, at a step. */
  float[][] headRows(String name, long step) {
    Network network = Network.load(new LocalFolder(temporary.resolve(name).resolve("start")));
    float[] weights = open(name).read(step).state().weights();
    float[][] rows = new float[network.classes()][];
    for (int row = 0; row < rows.length; row++) {
      int own = row;
      rows[row] = new float[0];
      for (String tensor : network.graph().head()) {
        var slot = network.layout().find(tensor).orElseThrow();
        int length = slot.parameter().size() / rows.length;
        int from = slot.offset() + own * length;
        float[] part = Arrays.copyOfRange(weights, from, from + length);
        float[] all = Arrays.copyOf(rows[row], rows[row].length + length);
        System.arraycopy(part, 0, all, rows[row].length, length);
        rows[row] = all;
      }
    }
    return rows;
  }
}
