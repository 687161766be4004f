package org.fip.spark.recipe;

import java.io.Serializable;
import org.fip.core.objective.Widening;

/**
 * How examples are varied before every step wherever {@code train} and {@code adapt} read their
 * labels, which stay what they are: those of the task, and those that {@code replay} and {@code
 * der++} store. {@code shift} and {@code flip} are of images, {@code tokenDropout} of texts.
 *
 * @param shift largest random shift of an image in each direction, in pixels; 0 for none
 * @param flip whether half of the images are mirrored left to right
 * @param tokenDropout largest share of a text's tokens that is hidden, from 0, below 1
 */
public record AugmentationSettings(int shift, boolean flip, double tokenDropout)
    implements Serializable {
  static AugmentationSettings read(Section section) {
    return new AugmentationSettings(
        section.smallInteger("shift", 0, 1024),
        section.bool("flip"),
        section.number("tokenDropout", new Range(0, true, 1, false)));
  }

  /** How mini-batches of such examples are spread. */
  public Widening widening() {
    return new Widening(false, shift, flip, new Widening.Texts(tokenDropout, false, 0, null));
  }
}
