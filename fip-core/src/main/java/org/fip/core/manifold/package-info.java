/**
 * Weight space with the metric that examples give it. A {@link org.fip.core.manifold.Point} is
 * asked for gradients, products and measurements; {@link org.fip.core.manifold.Workers} compute the
 * sums over examples, in this process or elsewhere, in one order and to the same bits.
 */
package org.fip.core.manifold;
