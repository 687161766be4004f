package org.fip.core.network.architecture;

import java.util.List;
import org.fip.core.network.Activation;
import org.fip.core.network.Architecture;
import org.fip.core.network.Convolution;
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
  public boolean chain() {
    return true;
  }

  @Override
  public Value describe(NetworkConfig config, GraphBuilder g) {
    List<Integer> shape = config.integers("input_shape", 3, 1);
    List<Integer> channels = config.integers("conv_channels", 2, 1);
    List<Integer> padding = config.integers("conv_padding", 2, 0);
    List<Integer> hidden = config.integers("fc_sizes", 2, 1);
    int kernel = config.positive("kernel_size");
    boolean maximum = config.word("pool", "max", List.of("max", "avg")).equals("max");
    Activation activation = Activations.of(config, "relu");
    Value x = g.pixels(shape.get(0), shape.get(1), shape.get(2));
    for (int layer = 0; layer < 2; layer++) {
      Convolution spec = Convolution.of("conv" + (layer + 1), channels.get(layer), kernel);
      x = g.convolution(x, spec.padding(padding.get(layer)).withBias());
      x = g.activation(x, activation);
      x = maximum ? g.maxPool(x, 2, 2, 0) : g.averagePool(x, 2);
    }
    x = g.flatten(x);
    x = g.activation(g.linear(x, "fc1", hidden.get(0)), activation);
    x = g.activation(g.linear(x, "fc2", hidden.get(1)), activation);
    return g.classifier(x, "fc3", config.classes());
  }
}
