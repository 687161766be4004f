package org.fip.core.network.architecture;

import com.fasterxml.jackson.databind.node.IntNode;
import java.util.Map;
import org.fip.core.network.Activation;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/**
 * What the transformer encoders of {@code transformers} have in common (Vaswani et al. 2017, arXiv
 * 1706.03762).
 *
 * <p>A classifier reads one or two positions of the last layer only. That layer therefore asks its
 * queries, and runs its feed-forward half, at these positions alone: nothing else of it reaches the
 * outputs. It still reads keys and values everywhere.
 */
final class Encoder {
  private static final String INNER = ".intermediate.dense";

  private final GraphBuilder g;
  private final int width;
  private final int layers;
  private final int heads;
  private final int intermediate;
  private final Activation activation;
  private final double epsilon;
  private final boolean queryBias;

  Encoder(NetworkConfig config, GraphBuilder g) {
    this.g = g;
    width = config.positive("hidden_size", 768);
    layers = config.positive("num_hidden_layers", 12);
    heads = config.positive("num_attention_heads", 12);
    intermediate = config.positive("intermediate_size", 3072);
    activation = Activations.of(config, "gelu");
    epsilon = config.real("layer_norm_eps", 1e-12);
    queryBias = config.flag("qkv_bias", true);
    if (width % heads != 0) {
      throw config.refuse("num_attention_heads", "a divisor of hidden_size, which is " + width);
    }
  }

  /**
   * A configuration whose feed-forward layers have as many neurons as any of them keeps. Heads have
   * no number of their own: it would change their width.
   */
  static NetworkConfig withChannels(NetworkConfig config, Map<String, Integer> channels) {
    int most =
        channels.entrySet().stream()
            .filter(entry -> entry.getKey().endsWith(INNER))
            .mapToInt(Map.Entry::getValue)
            .max()
            .orElseThrow();
    return config.with("intermediate_size", IntNode.valueOf(most));
  }

  int width() {
    return width;
  }

  int layers() {
    return layers;
  }

  Value norm(Value x, String name) {
    return g.layerNorm(x, name, epsilon);
  }

  /**
   * Attention of the first positions to all, and the linear layer after it.
   *
   * @param positions how many ask, or {@link Value#ANY} for all
   */
  Value attention(Value x, String self, String output, int positions, Value mask) {
    Value asking = first(x, positions);
    Value q = g.linear(asking, self + ".query", width, queryBias);
    Value k = g.linear(x, self + ".key", width, queryBias);
    Value v = g.linear(x, self + ".value", width, queryBias);
    return g.linear(g.attention(q, k, v, heads, mask), output + ".dense", width);
  }

  /** Two linear layers with a nonlinearity between them. */
  Value feedForward(Value x, String layer) {
    Value inner = g.linear(x, layer + INNER, intermediate);
    return g.linear(g.activation(inner, activation), layer + ".output.dense", width);
  }

  /** The first positions, or all of them. */
  Value first(Value x, int positions) {
    return positions == Value.ANY ? x : g.first(x, positions);
  }
}
