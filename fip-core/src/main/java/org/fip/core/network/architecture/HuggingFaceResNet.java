package org.fip.core.network.architecture;

import java.util.List;
import org.fip.core.network.Activation;
import org.fip.core.network.Architecture;
import org.fip.core.network.Convolution;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/**
 * Residual networks as {@code transformers} has them, with basic or bottleneck layers (He et al.
 * 2016, arXiv 1512.03385); ResNet-50 by default.
 */
public final class HuggingFaceResNet implements Architecture {
  /** The library does not let a configuration change it. */
  private static final double EPSILON = 1e-5;

  /** A bottleneck's inner channels are a quarter of its outer ones. */
  private static final int REDUCTION = 4;

  @Override
  public String name() {
    return "ResNetForImageClassification";
  }

  @Override
  public Value describe(NetworkConfig config, GraphBuilder g) {
    List<Integer> widths = config.integers("hidden_sizes", List.of(256, 512, 1024, 2048));
    List<Integer> depths = config.integers("depths", List.of(3, 4, 6, 3));
    if (depths.size() != widths.size()) {
      throw config.refuse("depths", "one depth for each of the hidden_sizes " + widths);
    }
    Activation activation = Activations.of(config, "relu");
    Layers layers = new Layers(config, g, activation);
    Value x = g.pixels(config.positive("num_channels", 3), Value.ANY, Value.ANY);
    String stem = "resnet.embedder.embedder";
    int width = config.positive("embedding_size", 64);
    x = layers.convolution(x, stem, Convolution.of("", width, 7).stride(2).padding(3));
    x = g.maxPool(g.activation(x, activation), 3, 2, 1);
    boolean reducesAtOnce = config.flag("downsample_in_first_stage", false);
    for (int stage = 0; stage < depths.size(); stage++) {
      for (int layer = 0; layer < depths.get(stage); layer++) {
        int stride = layer == 0 && (stage > 0 || reducesAtOnce) ? 2 : 1;
        String name = "resnet.encoder.stages." + stage + ".layers." + layer;
        x = layers.layer(x, name, widths.get(stage), stride);
      }
    }
    return g.classifier(g.globalAveragePool(x), "classifier.1", config.classes());
  }

  private record Layers(
      GraphBuilder g, Activation activation, boolean bottleneck, boolean reducesFirst) {
    Layers(NetworkConfig config, GraphBuilder g, Activation activation) {
      this(
          g,
          activation,
          config
              .word("layer_type", "bottleneck", List.of("basic", "bottleneck"))
              .equals("bottleneck"),
          config.flag("downsample_in_bottleneck", false));
    }

    Value layer(Value x, String name, int width, int stride) {
      Value shortcut = x;
      if (stride != 1 || x.axis(0) != width) {
        shortcut = convolution(x, name + ".shortcut", Convolution.of("", width, 1).stride(stride));
      }
      Value y = bottleneck ? bottleneck(x, name, width, stride) : basic(x, name, width, stride);
      return g.activation(g.add(y, shortcut), activation);
    }

    private Value basic(Value x, String name, int width, int stride) {
      Convolution one = Convolution.of("", width, 3).padding(1).stride(stride);
      Convolution two = Convolution.of("", width, 3).padding(1);
      Value y = g.activation(convolution(x, name + ".layer.0", one), activation);
      return convolution(y, name + ".layer.1", two);
    }

    private Value bottleneck(Value x, String name, int width, int stride) {
      int inner = width / REDUCTION;
      Convolution one = Convolution.of("", inner, 1).stride(reducesFirst ? stride : 1);
      Convolution two = Convolution.of("", inner, 3).padding(1).stride(reducesFirst ? 1 : stride);
      Value y = g.activation(convolution(x, name + ".layer.0", one), activation);
      y = g.activation(convolution(y, name + ".layer.1", two), activation);
      return convolution(y, name + ".layer.2", Convolution.of("", width, 1));
    }

    private Value convolution(Value x, String name, Convolution shape) {
      return g.convolution(
          x, shape.named(name + ".convolution").normalized(name + ".normalization", EPSILON));
    }
  }
}
