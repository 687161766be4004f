package org.fip.core.spectrum;

/**
 * An eigenvalue of the metric tensor.
 *
 * @param value the Rayleigh quotient of its unit vector y
 * @param residual |G y - value y|, measured; an eigenvalue is no farther away than that. Float32
 *     products do not come below some 1e-7 of the largest eigenvalue
 */
public record Eigenvalue(double value, double residual) {}
