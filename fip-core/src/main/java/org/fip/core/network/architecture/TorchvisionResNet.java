package org.fip.core.network.architecture;

import org.fip.core.network.Architecture;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/** The residual network of basic blocks as torchvision has it, ResNet-18 by default. */
public final class TorchvisionResNet implements Architecture {
  @Override
  public String name() {
    return "TorchvisionResNet";
  }

  @Override
  public Value describe(NetworkConfig config, GraphBuilder g) {
    return new BasicResNet(config, g, "B").describe("imagenet");
  }
}
