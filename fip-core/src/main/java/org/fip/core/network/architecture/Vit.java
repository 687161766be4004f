package org.fip.core.network.architecture;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fip.core.network.Architecture;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/** ViT with a classifier on its class token (Dosovitskiy et al. 2021, arXiv 2010.11929). */
public final class Vit implements Architecture {
  @Override
  public String name() {
    return "ViTForImageClassification";
  }

  @Override
  public Value describe(NetworkConfig config, GraphBuilder g) {
    Value states = VisionTransformer.describe(config, g, "vit", List.of("cls_token"), 1);
    return g.classifier(g.position(states, 0), "classifier", config.classes());
  }

  @Override
  public Optional<NetworkConfig> withChannels(NetworkConfig config, Map<String, Integer> channels) {
    return Optional.of(Encoder.withChannels(config, channels));
  }
}
