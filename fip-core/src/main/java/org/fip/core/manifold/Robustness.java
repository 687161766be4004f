package org.fip.core.manifold;

/**
 * What withstood the attacks of a {@link RobustnessProbe}. Losses are cross-entropies at the images
 * of largest margin that were found.
 *
 * @param ascent against projected ascent alone
 * @param all against all attacks
 */
public record Robustness(Evaluation ascent, Evaluation all) {}
