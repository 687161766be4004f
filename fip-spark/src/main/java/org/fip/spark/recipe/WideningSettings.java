package org.fip.spark.recipe;

import java.io.Serializable;
import org.fip.core.objective.Widening;

/**
 * How anchors are varied before every step; the reference network says what their outputs must
 * stay. {@code mixture}, {@code shift} and {@code flip} are of images, {@code tokenDropout}, {@code
 * spanMixing} and {@code tokenSubstitution} of texts; those of the other kind do nothing. By
 * default {@code adapt} alone varies them.
 *
 * @param mixture whether each image is mixed convexly with another one
 * @param shift largest random shift of an image in each direction, in pixels; 0 for none
 * @param flip whether half of the images are mirrored left to right
 * @param tokenDropout largest share of a text's tokens that is hidden, from 0, below 1
 * @param spanMixing whether a span of each text is replaced by one of another
 * @param tokenSubstitution largest share of a text's tokens that are replaced by tokens of the
 *     task's texts, or of other anchors where there is no task, from 0 to 1
 */
public record WideningSettings(
    boolean mixture,
    int shift,
    boolean flip,
    double tokenDropout,
    boolean spanMixing,
    double tokenSubstitution)
    implements Serializable {
  static WideningSettings read(Section section) {
    return new WideningSettings(
        section.bool("mixture"),
        section.smallInteger("shift", 0, 1024),
        section.bool("flip"),
        section.number("tokenDropout", new Range(0, true, 1, false)),
        section.bool("spanMixing"),
        section.number("tokenSubstitution", new Range(0, true, 1, true)));
  }

  /**
   * The widening.
   *
   * @param substitutes the data set whose tokens replace others, or null for the anchors' own
   */
  public Widening widening(String substitutes) {
    Widening.Texts texts =
        new Widening.Texts(tokenDropout, spanMixing, tokenSubstitution, substitutes);
    return new Widening(mixture, shift, flip, texts);
  }
}
