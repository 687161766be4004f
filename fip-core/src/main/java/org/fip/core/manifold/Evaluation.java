package org.fip.core.manifold;

import java.io.Serializable;

/**
 * How well a network does on labelled examples.
 *
 * @param accuracy fraction of examples whose largest logit, over all outputs, is at the label
 * @param loss cross-entropy, mean over the examples, natural logarithm
 * @param examples how many examples were evaluated
 */
public record Evaluation(double accuracy, double loss, long examples) implements Serializable {}
