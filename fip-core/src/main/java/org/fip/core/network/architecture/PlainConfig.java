package org.fip.core.network.architecture;

import java.util.List;
import org.fip.core.network.GraphBuilder.Activation;
import org.fip.core.network.NetworkConfig;

/** What the plain networks' configurations have in common. */
final class PlainConfig {
  private PlainConfig() {}

  /** {@code hidden_act}: relu (the default) or tanh. */
  static Activation activation(NetworkConfig config) {
    return config.word("hidden_act", "relu", List.of("relu", "tanh")).equals("relu")
        ? Activation.RELU
        : Activation.TANH;
  }
}
