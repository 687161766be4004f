package org.fip.spark.recipe;

import java.io.Serializable;

/**
 * Weights of the sampler {@code der++}.
 *
 * @param alpha of the squared distance from the stored outputs, mean over outputs and anchors
 * @param beta of the cross-entropy with the labels of anchors
 */
public record DerSettings(double alpha, double beta) implements Serializable {
  static DerSettings read(Section section) {
    return new DerSettings(
        section.number("alpha", Range.NOT_NEGATIVE), section.number("beta", Range.NOT_NEGATIVE));
  }
}
