package org.fip.core.objective;

import java.io.Serializable;

/**
 * How a mini-batch of anchors is spread around the stored ones. Keeping a function needs inputs but
 * no labels, so that any input will do for which the reference network is asked what to keep.
 * Images and texts have settings of their own; those of the other kind do nothing.
 *
 * @param mixture replace each image by a convex mixture with another one, weights uniform
 * @param shift move each image by up to this many pixels along each axis, edges repeated
 * @param flip mirror half of the images left to right
 * @param tokenDropout hide a share of each text's tokens from the network, drawn uniformly up to
 *     this one; the first and the last token stay
 * @param spanMixing replace a span of each text by one of another text, its length uniform up to
 *     the shorter one's
 */
public record Widening(
    boolean mixture, int shift, boolean flip, double tokenDropout, boolean spanMixing)
    implements Serializable {
  /** Anchors as they are stored. */
  public static final Widening NONE = new Widening(false, 0, false, 0, false);

  /** Mixtures and shifts of images. */
  public static Widening images(boolean mixture, int shift) {
    return new Widening(mixture, shift, false, 0, false);
  }

  /** Whether anchors stay as they are. */
  public boolean none() {
    return !ofImages() && !ofTexts();
  }

  /** Whether images are widened. */
  public boolean ofImages() {
    return mixture || shift > 0 || flip;
  }

  /** Whether texts are widened. */
  public boolean ofTexts() {
    return tokenDropout > 0 || spanMixing;
  }
}
