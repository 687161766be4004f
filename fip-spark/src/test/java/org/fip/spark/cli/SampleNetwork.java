package org.fip.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.storage.LocalFolder;

/** A small network for the built-in digits. */
final class SampleNetwork {
  static final String CONFIG =
      """
      {"architectures": ["LeNet300100"], "input_shape": [1, 8, 8], "hidden_sizes": [5, 4],
       "hidden_act": "relu", "num_labels": 10}
      """;
  private static final String PREPROCESSOR =
      """
      {"do_resize": false, "do_rescale": true, "rescale_factor": 0.0625, "do_normalize": false}
      """;

  private SampleNetwork() {}

  static Network random() {
    return Network.initialize(new NetworkConfig(parse(CONFIG), "test"), parse(PREPROCESSOR), 7);
  }

  /** Writes a network and returns its folder. */
  static Path save(Network network, Path folder) throws IOException {
    network.save(new LocalFolder(folder));
    return folder;
  }

  private static JsonNode parse(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
