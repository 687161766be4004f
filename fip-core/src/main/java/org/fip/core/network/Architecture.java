package org.fip.core.network;

/**
 * A kind of network that a Hugging Face folder may hold. To add one, implement this and name the
 * class in {@code META-INF/services/org.fip.core.network.Architecture}.
 */
public interface Architecture {

  /** The name in {@code architectures[0]} of {@code config.json}. */
  String name();

  /**
   * Writes the network down.
   *
   * @return its logits, [classes]
   * @throws org.fip.core.FipException with category DATA when the configuration has a value that is
   *     missing, malformed or not supported, naming the key
   */
  Value describe(NetworkConfig config, GraphBuilder g);

  /**
   * Whether each layer reads the layer before it and nothing else, elementwise maps and pools
   * apart, so that the units of a hidden layer can change places without changing the function.
   */
  default boolean chain() {
    return false;
  }
}
