package org.fip.core.network.architecture;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fip.core.network.Architecture;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/** DeiT with a classifier on its class token (Touvron et al. 2021, arXiv 2012.12877). */
public final class Deit implements Architecture {
  static final List<String> TOKENS = List.of("cls_token", "distillation_token");

  @Override
  public String name() {
    return "DeiTForImageClassification";
  }

  @Override
  public Value describe(NetworkConfig config, GraphBuilder g) {
    Value states = VisionTransformer.describe(config, g, "deit", TOKENS, 1);
    return g.classifier(g.position(states, 0), "classifier", config.classes());
  }

  @Override
  public Optional<NetworkConfig> withChannels(NetworkConfig config, Map<String, Integer> channels) {
    return Optional.of(Encoder.withChannels(config, channels));
  }
}
