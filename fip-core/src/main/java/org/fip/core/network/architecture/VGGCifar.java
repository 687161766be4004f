package org.fip.core.network.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import org.fip.core.network.Activation;
import org.fip.core.network.Architecture;
import org.fip.core.network.Convolution;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/**
 * VGG for small images: 3x3 convolutions in groups with maximum pooling between them, then the mean
 * over the image and one linear layer (Simonyan and Zisserman 2015, arXiv 1409.1556).
 *
 * <p>Layers are numbered as in torchvision: each convolution, normalisation, nonlinearity and pool
 * takes a number.
 */
public final class VGGCifar implements Architecture {
  private static final String LAYERS = "a list of positive channel numbers and \"M\"";

  @Override
  public String name() {
    return "VGGCifar";
  }

  @Override
  public boolean chain() {
    return true;
  }

  @Override
  public Value describe(NetworkConfig config, GraphBuilder g) {
    boolean normalize = config.flag("batch_norm", false);
    double epsilon = config.real("batch_norm_eps", 1e-5);
    Activation activation = Activations.of(config, "relu");
    JsonNode layers = config.get("cfg");
    if (layers == null || !layers.isArray() || layers.isEmpty()) {
      throw config.refuse("cfg", LAYERS);
    }
    Value x = g.pixels(config.positive("num_channels", 3), Value.ANY, Value.ANY);
    int index = 0;
    for (JsonNode layer : layers) {
      if (layer.asText().equals("M")) {
        x = g.maxPool(x, 2, 2, 0);
        index++;
        continue;
      }
      if (!layer.isInt() || layer.asInt() < 1) {
        throw config.refuse("cfg", LAYERS);
      }
      Convolution spec =
          Convolution.of("features." + index++, layer.asInt(), 3).padding(1).withBias();
      if (normalize) {
        spec = spec.normalized("features." + index++, epsilon);
      }
      x = g.activation(g.convolution(x, spec), activation);
      index++;
    }
    return g.classifier(g.globalAveragePool(x), "classifier", config.classes());
  }
}
