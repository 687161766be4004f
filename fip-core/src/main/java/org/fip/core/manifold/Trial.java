package org.fip.core.manifold;

/**
 * What a step did to the outputs, means over a batch.
 *
 * @param measured squared output displacement in the metric
 * @param predicted the same as the metric at the step's start has it: d^T G d
 */
public record Trial(double measured, double predicted) {

  /**
   * A trial and the gradient at its end.
   *
   * @param trial what the step did
   * @param gradient of the terms of the next step
   */
  public record WithGradient(Trial trial, Gradient gradient) {}
}
