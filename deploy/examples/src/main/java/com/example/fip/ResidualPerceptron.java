package com.example.fip;

import org.fip.core.network.Activation;
import org.fip.core.network.Architecture;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/**
 * An architecture of one's own: layers of one width, each added to what it read. {@code
 * META-INF/services/org.fip.core.network.Architecture} names the class, and {@code architectures}
 * of {@code config.json} the architecture.
 */
public final class ResidualPerceptron implements Architecture {
  @Override
  public String name() {
    return "ResidualPerceptron";
  }

  @Override
  public Value describe(NetworkConfig config, GraphBuilder g) {
    int side = config.positive("image_size");
    int width = config.positive("hidden_size");
    Value x = g.linear(g.flatten(g.pixels(1, side, side)), "embed", width);
    for (int block = 0; block < config.positive("num_hidden_layers", 2); block++) {
      Value hidden = g.activation(x, Activation.RELU);
      x = g.add(x, g.linear(hidden, "blocks." + block, width));
    }
    return g.classifier(g.activation(x, Activation.RELU), "head", config.classes());
  }
}
