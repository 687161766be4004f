package org.fip.core.manifold;

/**
 * What a step did to the outputs, means over a batch.
 *
 * @param measured squared output displacement in the metric
 * @param predicted the same as the metric at the step's start has it: d^T G d
 */
public record Trial(double measured, double predicted) {}
