package org.fip.core.network.architecture;

import org.fip.core.network.Architecture;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/** The residual network for 32x32 images of He et al. 2016, section 4.2, with shortcut A or B. */
public final class ResNetCifar implements Architecture {
  @Override
  public String name() {
    return "ResNetCifar";
  }

  @Override
  public Value describe(NetworkConfig config, GraphBuilder g) {
    return new BasicResNet(config, g, "A").describe("cifar");
  }
}
