package org.fip.core.path;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.fip.core.manifold.Point;
import org.fip.core.network.Network;
import org.fip.core.network.NormalizedLayer;
import org.fip.core.network.WeightLayout.Slot;
import org.fip.core.objective.Batch;

/**
 * Brings each channel of each batch normalisation as near as its scale and offset can, by squares,
 * to what it is in the reference network, layer after layer: running statistics stay as they are,
 * and what is removed before them changes what they are statistics of. To match mean and variance
 * instead (Jordan et al. 2022, arXiv 2211.08403) also scales up what has nothing to do with the
 * reference's channel any more.
 *
 * @param batch the examples, drawn anew at each step
 * @param layers scales and offsets, in the order of the network's layers
 */
public record Renormalization(Batch batch, List<Layer> layers) implements Serializable {

  /**
   * One normalisation.
   *
   * @param scale place of the scales
   * @param offset place of the offsets
   */
  public record Layer(Slot scale, Slot offset) implements Serializable {}

  /** Of all batch normalisations of a network whose scales and offsets move. */
  public static Renormalization of(Network network, Batch batch) {
    List<Layer> layers = new ArrayList<>();
    for (NormalizedLayer layer : network.graph().normalizedLayers()) {
      layers.add(
          new Layer(
              network.layout().find(layer.scale()).orElseThrow(),
              network.layout().find(layer.offset()).orElseThrow()));
    }
    return new Renormalization(batch, List.copyOf(layers));
  }

  /**
   * Changes scales and offsets of weights [P] in place; costs a broadcast of P floats and a round.
   *
   * @param here any point of the manifold
   */
  void apply(Point here, long step, float[] weights) {
    float[] change;
    try (Point moved = here.moved(weights)) {
      change = moved.renormalization(batch, step);
    }
    int at = 0;
    for (Layer layer : layers) {
      int channels = layer.scale().parameter().size();
      for (int i = 0; i < channels; i++) {
        float factor = change[at + i];
        weights[layer.scale().offset() + i] *= factor;
        int offset = layer.offset().offset() + i;
        weights[offset] = factor * weights[offset] + change[at + channels + i];
      }
      at += 2 * channels;
    }
  }
}
