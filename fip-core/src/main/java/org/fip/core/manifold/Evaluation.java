package org.fip.core.manifold;

/**
 * How well a network does on labelled examples.
 *
 * @param accuracy fraction of examples whose largest logit, over all outputs, is at the label
 * @param loss cross-entropy, mean over the examples, natural logarithm
 * @param examples how many examples were evaluated
 * @param agreement fraction of examples whose largest logit is where another network has it; NaN
 *     when there was none to compare with
 */
public record Evaluation(double accuracy, double loss, long examples, double agreement) {

  /** An evaluation without another network. */
  public Evaluation(double accuracy, double loss, long examples) {
    this(accuracy, loss, examples, Double.NaN);
  }
}
