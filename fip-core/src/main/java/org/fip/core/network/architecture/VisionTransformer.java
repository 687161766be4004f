package org.fip.core.network.architecture;

import java.util.ArrayList;
import java.util.List;
import org.fip.core.network.Convolution;
import org.fip.core.network.GraphBuilder;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Value;

/**
 * The trunk of vision transformers: an image's patches, tokens before them and positions added,
 * through encoder layers that normalise before each half (Dosovitskiy et al. 2021, arXiv
 * 2010.11929).
 */
final class VisionTransformer {
  private VisionTransformer() {}

  /**
   * The normalised states of the tokens that heads read, [read, width].
   *
   * @param prefix of the trunk's tensors
   * @param tokens names of the tokens before the patches
   * @param read how many of the tokens heads read
   */
  static Value describe(
      NetworkConfig config, GraphBuilder g, String prefix, List<String> tokens, int read) {
    Encoder encoder = new Encoder(config, g);
    Value x = embeddings(config, g, encoder.width(), prefix + ".embeddings.", tokens);
    for (int i = 0; i < encoder.layers(); i++) {
      String layer = prefix + ".encoder.layer." + i;
      int positions = i == encoder.layers() - 1 ? read : Value.ANY;
      Value normalised = encoder.norm(x, layer + ".layernorm_before");
      Value y =
          encoder.attention(
              normalised,
              layer + ".attention.attention",
              layer + ".attention.output",
              positions,
              null);
      x = g.add(y, encoder.first(x, positions));
      y = encoder.feedForward(encoder.norm(x, layer + ".layernorm_after"), layer);
      x = g.add(y, x);
    }
    return encoder.norm(x, prefix + ".layernorm");
  }

  private static Value embeddings(
      NetworkConfig config, GraphBuilder g, int width, String prefix, List<String> tokens) {
    List<Integer> image = config.sides("image_size", 224);
    List<Integer> patch = config.sides("patch_size", 16);
    if (image.get(0) < patch.get(0) || image.get(1) < patch.get(1)) {
      throw config.refuse("patch_size", "at most image_size, which is " + image);
    }
    Value pixels = g.pixels(config.positive("num_channels", 3), image.get(0), image.get(1));
    List<Value> before = new ArrayList<>();
    for (String token : tokens) {
      before.add(g.table(prefix + token, 1, 1, width));
    }
    Convolution projection =
        Convolution.ofPatches(
            prefix + "patch_embeddings.projection", width, patch.get(0), patch.get(1));
    Value x = g.prepend(before, g.sequence(g.convolution(pixels, projection)));
    return g.add(x, g.table(prefix + "position_embeddings", 1, x.axis(0), width));
  }
}
