package org.fip.core.spectrum;

/**
 * An eigenvalue of the metric tensor.
 *
 * @param value the Rayleigh quotient of its unit vector y
 * @param residual an estimate of |G y - value y|, which an eigenvalue is not farther away than
 */
public record Eigenvalue(double value, double residual) {}
