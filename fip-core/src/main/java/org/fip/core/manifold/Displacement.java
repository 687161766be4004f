package org.fip.core.manifold;

/**
 * Where a point stands, means over the measured anchors.
 *
 * @param drift distance from the reference
 * @param measured squared logit distance from the point measured before
 * @param predicted the same by the metric at the point before: d^T G d
 */
public record Displacement(double drift, double measured, double predicted) {}
