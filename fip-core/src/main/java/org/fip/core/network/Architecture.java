package org.fip.core.network;

import java.util.Map;
import java.util.Optional;

/**
 * A kind of network that a Hugging Face folder may hold. To add one, implement this in a public
 * class with a constructor without parameters, and name the class in {@code
 * META-INF/services/org.fip.core.network.Architecture} ({@link java.util.ServiceLoader}); on Spark,
 * give the jar with {@code --jars}. Two classes of one name are refused.
 *
 * <p>For example, layers that are each added to what they read:
 *
 * <pre>{@code
 * public Value describe(NetworkConfig config, GraphBuilder g) {
 *   int side = config.positive("image_size");
 *   int width = config.positive("hidden_size");
 *   Value x = g.linear(g.flatten(g.pixels(1, side, side)), "embed", width);
 *   for (int block = 0; block < config.positive("num_hidden_layers", 2); block++) {
 *     Value hidden = g.activation(x, Activation.RELU);
 *     x = g.add(x, g.linear(hidden, "blocks." + block, width));
 *   }
 *   return g.classifier(g.activation(x, Activation.RELU), "head", config.classes());
 * }
 * }</pre>
 *
 * <p>Names of layers are those of the tensors in {@code model.safetensors}, with {@code .weight}
 * and {@code .bias} behind them. The last layer has to be {@link GraphBuilder#classifier}, so that
 * a new task can add classes.
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
   * The configuration of the same network with fewer channels in its layers. A layer may have to
   * keep more than it was told where one number serves several layers.
   *
   * @param channels how many are left, by name of each of the graph's channel groups
   * @return empty when no configuration of this architecture gives layers sizes of their own
   */
  default Optional<NetworkConfig> withChannels(
      NetworkConfig config, Map<String, Integer> channels) {
    return Optional.empty();
  }

  /**
   * Whether each layer reads the layer before it and nothing else, elementwise maps and pools
   * apart, so that the units of a hidden layer can change places without changing the function.
   */
  default boolean chain() {
    return false;
  }
}
