package org.fip.core.manifold;

/**
 * A gradient of a sum of terms.
 *
 * @param vector the gradient, length P, float32
 * @param values each term's mean over its batch, without its weight
 */
@SuppressWarnings("ArrayRecordComponent")
public record Gradient(float[] vector, double[] values) {}
