/**
 * The spectrum of the metric tensor: largest eigenpairs, trace, effective rank and each tensor's
 * share, from products alone.
 */
package org.fip.core.spectrum;
