package org.fip.core.bench;

import java.util.List;

/**
 * A network and a batch that products are measured on.
 *
 * @param key what selects it on the command line
 * @param title what results call it
 * @param config {@code config.json} as text
 * @param batch examples
 * @param sides height and width of images, or length of sequences, where the configuration does not
 *     say
 * @param share of the rounds that are asked for: large networks are measured less often
 */
record BenchCase(String key, String title, String config, int batch, int sides, double share) {
  static final BenchCase PERCEPTRON =
      new BenchCase(
          "lenet300",
          "LeNet-300-100, batch 256",
          """
          {"architectures": ["LeNet300100"], "input_shape": [1, 28, 28], "hidden_sizes": [300, 100],
           "hidden_act": "relu", "num_labels": 10}
          """,
          256,
          28,
          1);

  static final List<BenchCase> ALL =
      List.of(
          PERCEPTRON,
          new BenchCase(
              "lenet5",
              "LeNet-5, batch 64",
              """
              {"architectures": ["LeNet5"], "input_shape": [1, 28, 28], "conv_channels": [6, 16],
               "kernel_size": 5, "conv_padding": [2, 0], "fc_sizes": [120, 84],
               "hidden_act": "relu", "pool": "max", "num_labels": 10}
              """,
              64,
              28,
              0.5),
          new BenchCase(
              "resnet20",
              "ResNet-20, batch 32",
              """
              {"architectures": ["ResNetCifar"], "depths": [3, 3, 3], "widths": [16, 32, 64],
               "stem": "cifar", "shortcut": "A", "num_channels": 3, "num_labels": 10}
              """,
              32,
              32,
              0.1),
          new BenchCase(
              "resnet50",
              "ResNet-50 shape, batch 2",
              """
              {"architectures": ["ResNetForImageClassification"], "layer_type": "bottleneck",
               "depths": [3, 4, 6, 3], "hidden_sizes": [256, 512, 1024, 2048],
               "embedding_size": 64}
              """,
              2,
              224,
              0.02),
          new BenchCase(
              "vit",
              "ViT-B/16 shape, batch 2",
              """
              {"architectures": ["ViTForImageClassification"]}
              """,
              2,
              224,
              0.02),
          new BenchCase(
              "bert",
              "BERT-base shape, batch 4 x 128",
              """
              {"architectures": ["BertForSequenceClassification"]}
              """,
              4,
              128,
              0.02));

  BenchCase withBatch(int examples) {
    return new BenchCase(key, title, config, examples, sides, share);
  }
}
