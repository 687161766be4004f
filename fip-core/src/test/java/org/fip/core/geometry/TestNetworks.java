package org.fip.core.geometry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.fip.core.network.NetworkConfig;

/** Configurations small enough for dense checks. */
final class TestNetworks {
  /** Side of images and length of sequences where the configuration does not say. */
  static final int SIDE = 9;

  private TestNetworks() {}

  static NetworkConfig vgg(boolean normalized) {
    return config(
        """
        {"architectures": ["VGGCifar"], "cfg": [3, "M", 4, 5], "batch_norm": %s,
         "num_channels": 2, "hidden_act": "tanh", "num_labels": 3}
        """
            .formatted(normalized));
  }

  static NetworkConfig resnet(String architecture, String stem, String shortcut) {
    return config(
        """
        {"architectures": ["%s"], "depths": [1, 2], "widths": [3, 5], "stem": "%s",
         "shortcut": "%s", "num_channels": 2, "num_labels": 3, "batch_norm_eps": 0.001}
        """
            .formatted(architecture, stem, shortcut));
  }

  static NetworkConfig huggingFaceResnet(String layer, boolean early) {
    return config(
        """
        {"architectures": ["ResNetForImageClassification"], "depths": [1, 2],
         "hidden_sizes": [8, 12], "embedding_size": 4, "layer_type": "%s", "hidden_act": "relu",
         "downsample_in_bottleneck": %s, "downsample_in_first_stage": %s, "num_channels": 2,
         "id2label": {"0": "a", "1": "b", "2": "c"}}
        """
            .formatted(layer, early, early));
  }

  static NetworkConfig bert(String activation) {
    return config(
        """
        {"architectures": ["BertForSequenceClassification"], "hidden_size": 6,
         "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 7,
         "hidden_act": "%s", "vocab_size": 13, "type_vocab_size": 3,
         "max_position_embeddings": 11, "layer_norm_eps": 0.001}
        """
            .formatted(activation));
  }

  static NetworkConfig vision(String architecture, String activation, boolean bias) {
    return config(
        """
        {"architectures": ["%s"], "hidden_size": 8, "num_hidden_layers": 2,
         "num_attention_heads": 2, "intermediate_size": 5, "hidden_act": "%s",
         "qkv_bias": %s, "image_size": [6, 9], "patch_size": [2, 3], "num_channels": 1,
         "id2label": {"0": "a", "1": "b", "2": "c"}}
        """
            .formatted(architecture, activation, bias));
  }

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
