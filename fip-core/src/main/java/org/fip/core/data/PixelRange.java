package org.fip.core.data;

import java.io.Serializable;
import java.util.List;

/**
 * Where the pixels of a network's input lie: a pixel v, 0 to 1 after rescaling and before
 * normalisation, is {@code low + v * scale} in its channel.
 *
 * @param low input value of a pixel of 0, for each channel
 * @param scale by how much the input grows from a pixel of 0 to one of 1, for each channel;
 *     positive
 */
public record PixelRange(List<Float> low, List<Float> scale) implements Serializable {

  /** Copies the lists. */
  public PixelRange {
    low = List.copyOf(low);
    scale = List.copyOf(scale);
  }
}
