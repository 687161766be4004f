package org.fip.core.objective;

import java.io.Serializable;

/**
 * How a mini-batch of anchors is spread around the stored ones. Keeping a function needs inputs but
 * no labels, so that any input will do for which the reference network is asked what to keep.
 *
 * @param mixture replace each anchor by a convex mixture with another one, weights uniform
 * @param shift move each image by up to this many pixels along each axis, edges repeated
 */
public record Widening(boolean mixture, int shift) implements Serializable {
  /** Anchors as they are stored. */
  public static final Widening NONE = new Widening(false, 0);

  /** Whether anchors stay as they are. */
  public boolean none() {
    return !mixture && shift == 0;
  }
}
