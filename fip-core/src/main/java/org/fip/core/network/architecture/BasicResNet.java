package org.fip.core.network.architecture;

import java.util.List;
import org.fip.core.network.Activation;
import org.fip.core.network.Convolution;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/**
 * Residual networks of basic blocks with torchvision's names: two 3x3 convolutions and a shortcut
 * around them (He et al. 2016, arXiv 1512.03385). The first block of every stage but the first has
 * stride 2.
 */
final class BasicResNet {
  private final NetworkConfig config;
  private final GraphBuilder g;
  private final double epsilon;
  private final Activation activation;
  private final boolean projected;

  BasicResNet(NetworkConfig config, GraphBuilder g, String shortcut) {
    this.config = config;
    this.g = g;
    epsilon = config.real("batch_norm_eps", 1e-5);
    activation = Activations.of(config, "relu");
    projected = config.word("shortcut", shortcut, List.of("A", "B")).equals("B");
  }

  Value describe(String stem) {
    List<Integer> depths = config.integers("depths", List.of(2, 2, 2, 2));
    List<Integer> widths = config.integers("widths", List.of(64, 128, 256, 512));
    if (depths.size() != widths.size()) {
      throw config.refuse("widths", "one width for each of the depths " + depths);
    }
    Value x = g.pixels(config.positive("num_channels", 3), Value.ANY, Value.ANY);
    boolean large = config.word("stem", stem, List.of("imagenet", "cifar")).equals("imagenet");
    Convolution first =
        large
            ? Convolution.of("conv1", widths.get(0), 7).stride(2).padding(3)
            : Convolution.of("conv1", widths.get(0), 3).padding(1);
    x = g.activation(g.convolution(x, first.normalized("bn1", epsilon)), activation);
    if (large) {
      x = g.maxPool(x, 3, 2, 1);
    }
    for (int stage = 0; stage < depths.size(); stage++) {
      for (int block = 0; block < depths.get(stage); block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        x = block(x, "layer" + (stage + 1) + "." + block, widths.get(stage), stride);
      }
    }
    return g.classifier(g.globalAveragePool(x), "fc", config.classes());
  }

  private Value block(Value x, String name, int width, int stride) {
    Convolution one = Convolution.of(name + ".conv1", width, 3).stride(stride).padding(1);
    Convolution two = Convolution.of(name + ".conv2", width, 3).padding(1);
    Value y = g.convolution(x, one.normalized(name + ".bn1", epsilon));
    y = g.convolution(g.activation(y, activation), two.normalized(name + ".bn2", epsilon));
    return g.activation(g.add(y, shortcut(x, name, width, stride)), activation);
  }

  private Value shortcut(Value x, String name, int width, int stride) {
    if (stride == 1 && x.axis(0) == width) {
      return x;
    }
    if (projected) {
      Convolution projection = Convolution.of(name + ".downsample.0", width, 1).stride(stride);
      return g.convolution(x, projection.normalized(name + ".downsample.1", epsilon));
    }
    if (stride != 2 || x.axis(0) > width) {
      throw config.refuse("shortcut", "B where a stage keeps its size and changes its width");
    }
    return g.subsample(x, width);
  }
}
