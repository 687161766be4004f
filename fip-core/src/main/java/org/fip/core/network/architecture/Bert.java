package org.fip.core.network.architecture;

import java.util.Map;
import java.util.Optional;
import org.fip.core.network.Activation;
import org.fip.core.network.Architecture;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/**
 * BERT with a classifier on its first token: embeddings of words, positions and segments, encoder
 * layers that normalise after each half, and a pooling layer (Devlin et al. 2019, arXiv
 * 1810.04805).
 */
public final class Bert implements Architecture {
  private static final int WORDS = 30522;
  private static final int POSITIONS = 512;

  @Override
  public String name() {
    return "BertForSequenceClassification";
  }

  @Override
  public Value describe(NetworkConfig config, GraphBuilder g) {
    config.require("position_embedding_type", "absolute");
    config.require("is_decoder", false);
    config.require("add_cross_attention", false);
    config.require("problem_type", "single_label_classification");
    Encoder encoder = new Encoder(config, g);
    int longest = config.positive("max_position_embeddings", POSITIONS);
    int vocabulary = config.positive("vocab_size", WORDS);
    int segments = config.positive("type_vocab_size", 2);
    Value ids = g.indices("input_ids", vocabulary, longest);
    Value mask = g.paddingMask(g.mask("attention_mask", longest));
    Value types = g.indices("token_type_ids", segments, longest);
    String name = "bert.embeddings.";
    Value words = g.table(name + "word_embeddings.weight", vocabulary, encoder.width());
    Value places = g.table(name + "position_embeddings.weight", longest, encoder.width());
    Value kinds = g.table(name + "token_type_embeddings.weight", segments, encoder.width());
    Value x = g.add(g.embedding(ids, words), g.embedding(types, kinds));
    x = encoder.norm(g.add(x, g.firstRows(places, ids)), name + "LayerNorm");
    for (int i = 0; i < encoder.layers(); i++) {
      String layer = "bert.encoder.layer." + i;
      int positions = i == encoder.layers() - 1 ? 1 : Value.ANY;
      Value y =
          encoder.attention(
              x, layer + ".attention.self", layer + ".attention.output", positions, mask);
      x =
          encoder.norm(
              g.add(y, encoder.first(x, positions)), layer + ".attention.output.LayerNorm");
      x = encoder.norm(g.add(encoder.feedForward(x, layer), x), layer + ".output.LayerNorm");
    }
    Value pooled = g.linear(g.position(x, 0), "bert.pooler.dense", encoder.width());
    return g.classifier(g.activation(pooled, Activation.TANH), "classifier", config.classes());
  }

  @Override
  public Optional<NetworkConfig> withChannels(NetworkConfig config, Map<String, Integer> channels) {
    return Optional.of(Encoder.withChannels(config, channels));
  }
}
