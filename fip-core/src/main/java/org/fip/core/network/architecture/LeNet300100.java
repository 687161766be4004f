package org.fip.core.network.architecture;

import java.util.List;
import org.fip.core.network.Activation;
import org.fip.core.network.Architecture;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/**
 * LeNet-300-100: two hidden layers of 300 and 100 units on the flattened image (LeCun et al. 1998,
 * "Gradient-based learning applied to document recognition").
 */
public final class LeNet300100 implements Architecture {
  @Override
  public String name() {
    return "LeNet300100";
  }

  @Override
  public boolean chain() {
    return true;
  }

  @Override
  public Value describe(NetworkConfig config, GraphBuilder g) {
    List<Integer> shape = config.integers("input_shape", 3, 1);
    List<Integer> hidden = config.integers("hidden_sizes", 2, 1);
    Activation activation = Activations.of(config, "relu");
    Value x = g.flatten(g.pixels(shape.get(0), shape.get(1), shape.get(2)));
    x = g.activation(g.linear(x, "fc1", hidden.get(0)), activation);
    x = g.activation(g.linear(x, "fc2", hidden.get(1)), activation);
    return g.classifier(x, "fc3", config.classes());
  }
}
