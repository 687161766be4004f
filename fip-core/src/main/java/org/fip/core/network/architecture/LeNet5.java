package org.fip.core.network.architecture;

import java.util.List;
import org.fip.core.network.Architecture;
import org.fip.core.network.Graph;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/**
 * LeNet-5: two convolutions with pooling, then three linear layers (LeCun et al. 1998,
 * "Gradient-based learning applied to document recognition").
 */
public final class LeNet5 implements Architecture {
  @Override
  public String name() {
    return "LeNet5";
  }

  @Override
  public Graph graph(NetworkConfig config) {
    List<Integer> channels = config.integers("conv_channels", 2, 1);
    List<Integer> padding = config.integers("conv_padding", 2, 0);
    List<Integer> hidden = config.integers("fc_sizes", 2, 1);
    int kernel = config.positive("kernel_size");
    boolean maximum = config.word("pool", "max", List.of("max", "avg")).equals("max");
    GraphBuilder.Activation activation = PlainConfig.activation(config);
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("pixel_values", config.integers("input_shape", 3, 1));
    for (int layer = 0; layer < 2; layer++) {
      String name = "conv" + (layer + 1);
      x = g.convolution(x, name, channels.get(layer), kernel, 1, padding.get(layer));
      x = g.activation(x, activation);
      x = maximum ? g.maxPool(x, 2) : g.averagePool(x, 2);
    }
    x = g.flatten(x);
    x = g.activation(g.linear(x, "fc1", hidden.get(0)), activation);
    x = g.activation(g.linear(x, "fc2", hidden.get(1)), activation);
    return g.build(g.classifier(x, "fc3", config.classes()));
  }
}
