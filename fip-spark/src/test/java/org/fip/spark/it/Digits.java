package org.fip.spark.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;

/** A small network for the built-in digits 0 to 4, and a recipe by which it learns the others. */
final class Digits {
  private static final String CONFIG =
      """
      {"architectures": ["LeNet300100"], "input_shape": [1, 8, 8], "hidden_sizes": [300, 100],
       "hidden_act": "relu", "num_labels": 5}
      """;
  private static final String PREPROCESSOR =
      """
      {"do_resize": false, "do_rescale": true, "rescale_factor": 0.0625, "do_normalize": false}
      """;

  private Digits() {}

  /** The network, with random weights. */
  static Network network() {
    return Network.initialize(new NetworkConfig(parse(CONFIG), "test"), parse(PREPROCESSOR), 7);
  }

  /** Writes the recipe of a short path and returns its file. */
  static Path adaptRecipe(Path folder, int steps, int checkpointEvery) throws IOException {
    return Files.writeString(
        folder.resolve("adapt.yaml"),
        """
        keep:
          - {path: "builtin:digits", labels: [0, 1, 2, 3, 4], limit: 100}
        tasks:
          - {name: digits 5-9, train: {path: "builtin:digits", labels: [5, 6, 7, 8, 9]}}
        evaluate:
          digits: {path: "builtin:digits", split: test}
        path: {steps: %d, batch: 64, anchorBatch: 64, checkpointEvery: %d, shards: 2}
        """
            .formatted(steps, checkpointEvery));
  }

  private static JsonNode parse(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
