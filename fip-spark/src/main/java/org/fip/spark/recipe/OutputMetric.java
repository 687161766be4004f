package org.fip.spark.recipe;

import java.util.Locale;

/** The metric of the outputs that the metric tensor of the weights is pulled back from. */
public enum OutputMetric implements Labelled {
  /** The identity on logits. */
  EUCLIDEAN,
  /** The Fisher information of the class probabilities. */
  FISHER;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
