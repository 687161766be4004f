package org.fip.spark.recipe;

import java.util.Locale;

/** The distance between two outputs that drift is measured in. */
public enum Distance implements Labelled {
  /** Half the squared Euclidean distance of the logits. */
  SQUARED_LOGITS,
  /** The Bhattacharyya distance of the class probabilities. */
  BHATTACHARYYA,
  /** The Kullback-Leibler divergence from the reference's class probabilities. */
  KL;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
