/**
 * The geometry of weight space at one point: products of a network's Jacobian J with vectors, and
 * of the metric tensor G = mean of J<sup>T</sup> M J that pulls the {@link
 * org.fip.core.geometry.Metric} M of outputs back to weights.
 */
package org.fip.core.geometry;
