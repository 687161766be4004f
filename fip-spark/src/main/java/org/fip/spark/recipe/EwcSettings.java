package org.fip.spark.recipe;

import java.io.Serializable;

/**
 * The sampler {@code ewc}.
 *
 * @param lambda weight of the quadratic penalty
 * @param examples examples of each task that its Fisher information is taken over
 */
public record EwcSettings(double lambda, int examples) implements Serializable {
  static EwcSettings read(Section section) {
    return new EwcSettings(
        section.number("lambda", Range.NOT_NEGATIVE),
        section.smallInteger("examples", 1, 1_000_000));
  }
}
