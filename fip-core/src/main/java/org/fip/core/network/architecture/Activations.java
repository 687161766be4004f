package org.fip.core.network.architecture;

import java.util.Map;
import java.util.TreeMap;
import org.fip.core.network.Activation;
import org.fip.core.network.NetworkConfig;

/** The names that configurations have for nonlinearities. */
final class Activations {
  private static final Map<String, Activation> NAMES =
      Map.of(
          "relu", Activation.RELU,
          "tanh", Activation.TANH,
          "gelu", Activation.GELU,
          "gelu_python", Activation.GELU,
          "gelu_new", Activation.GELU_TANH,
          "gelu_fast", Activation.GELU_TANH,
          "gelu_pytorch_tanh", Activation.GELU_TANH,
          "silu", Activation.SILU,
          "swish", Activation.SILU);

  private Activations() {}

  /** {@code hidden_act}, with the default of the network's class. */
  static Activation of(NetworkConfig config, String absent) {
    return NAMES.get(
        config.word("hidden_act", absent, new TreeMap<>(NAMES).keySet().stream().toList()));
  }
}
