package org.fip.core.network.architecture;

import java.util.Map;
import java.util.Optional;
import org.fip.core.network.Architecture;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/**
 * DeiT with a classifier on its class token and another on its distillation token, whose mean the
 * logits are (Touvron et al. 2021, arXiv 2012.12877).
 */
public final class DeitWithTeacher implements Architecture {
  @Override
  public String name() {
    return "DeiTForImageClassificationWithTeacher";
  }

  @Override
  public Value describe(NetworkConfig config, GraphBuilder g) {
    Value states = VisionTransformer.describe(config, g, "deit", Deit.TOKENS, 2);
    Value own = g.classifier(g.position(states, 0), "cls_classifier", config.classes());
    Value teacher =
        g.classifier(g.position(states, 1), "distillation_classifier", config.classes());
    g.output("cls_logits", own);
    g.output("distillation_logits", teacher);
    return g.mean(own, teacher);
  }

  @Override
  public Optional<NetworkConfig> withChannels(NetworkConfig config, Map<String, Integer> channels) {
    return Optional.of(Encoder.withChannels(config, channels));
  }
}
