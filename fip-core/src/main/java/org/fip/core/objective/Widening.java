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
 * @param texts how texts are spread
 */
public record Widening(boolean mixture, int shift, boolean flip, Texts texts)
    implements Serializable {

  /**
   * How texts are spread. The first and the last token, which tokenizers add, always stay. Spans
   * are replaced first, then tokens are substituted, then some are hidden.
   *
   * @param dropout hide a share of each text's tokens from the network, drawn uniformly up to this
   *     one
   * @param spanMixing replace a span of each text by one of another text, its length uniform up to
   *     the shorter one's
   * @param substitution replace a share of each text's tokens by tokens of other texts, each drawn
   *     by itself; the share is drawn uniformly up to this one. It holds the function where an
   *     objective moves what the network knows of tokens that no anchor has
   * @param substitutes the data set whose texts those tokens are of, or null for the anchors' own
   */
  public record Texts(double dropout, boolean spanMixing, double substitution, String substitutes)
      implements Serializable {
    /** Texts as they are stored. */
    public static final Texts NONE = new Texts(0, false, 0, null);

    private boolean any() {
      return dropout > 0 || spanMixing || substitution > 0;
    }
  }

  /** Anchors as they are stored. */
  public static final Widening NONE = images(false, 0);

  /** Mixtures and shifts of images. */
  public static Widening images(boolean mixture, int shift) {
    return new Widening(mixture, shift, false, Texts.NONE);
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
    return texts.any();
  }
}
