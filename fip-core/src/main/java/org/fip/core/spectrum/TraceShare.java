package org.fip.core.spectrum;

/**
 * The part of the trace that belongs to some of the weights: the mean squared change of the outputs
 * for unit changes of each of them, summed.
 *
 * @param name a tensor or a layer
 * @param parameters how many weights it has
 * @param trace sum of the diagonal of the metric tensor over these weights
 * @param share the same as a fraction of the whole trace
 */
public record TraceShare(String name, int parameters, Estimate trace, Estimate share) {}
