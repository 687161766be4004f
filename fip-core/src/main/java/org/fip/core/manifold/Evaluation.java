package org.fip.core.manifold;

import java.io.Serializable;

/**
 * How well a network does on labelled examples.
 *
 * @param accuracy fraction of examples whose largest logit, over all outputs, is at the label
 * @param loss cross-entropy, mean over the examples, natural logarithm
 * @param examples how many examples were evaluated
 * @param agreement fraction of examples whose largest logit is where the network it is compared
 *     with has it; NaN when that was not asked
 */
public record Evaluation(double accuracy, double loss, long examples, double agreement)
    implements Serializable {

  /** An evaluation that asks no other network. */
  public Evaluation(double accuracy, double loss, long examples) {
    this(accuracy, loss, examples, Double.NaN);
  }
}
