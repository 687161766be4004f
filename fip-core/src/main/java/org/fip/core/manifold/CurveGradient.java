package org.fip.core.manifold;

import java.util.List;

/**
 * The gradient of a {@link CurveTerm}.
 *
 * @param nodes the gradient in the weights of each inner node, length P each
 * @param value the term's mean
 */
public record CurveGradient(List<float[]> nodes, double value) {}
