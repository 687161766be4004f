package org.fip.core.geometry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.fip.core.network.NetworkConfig;

/** Configurations small enough for dense checks. */
final class TestNetworks {
  private TestNetworks() {}

  static NetworkConfig perceptron(String activation) {
    return config(
        """
        {"architectures": ["LeNet300100"], "input_shape": [1, 3, 4], "hidden_sizes": [7, 5],
         "hidden_act": "%s", "num_labels": 4}
        """
            .formatted(activation));
  }

  static NetworkConfig convolutional(String activation, String pool) {
    return config(
        """
        {"architectures": ["LeNet5"], "input_shape": [2, 9, 8], "conv_channels": [3, 4],
         "kernel_size": 3, "conv_padding": [1, 1], "fc_sizes": [6, 5], "hidden_act": "%s",
         "pool": "%s", "num_labels": 3}
        """
            .formatted(activation, pool));
  }

  static NetworkConfig config(String json) {
    try {
      return new NetworkConfig(new ObjectMapper().readTree(json), "test");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
