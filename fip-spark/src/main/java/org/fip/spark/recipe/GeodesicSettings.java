package org.fip.spark.recipe;

import java.util.List;

/**
 * The steps of the {@code geodesic} sampler.
 *
 * @param iterations conjugate-gradient iterations of a step; default 5
 * @param outputBudget largest root mean squared output displacement of a step, in logits; default
 *     0.1
 * @param weightBudget largest preconditioned weight displacement of a step, or null for none;
 *     default null
 * @param damping factor of the preconditioner that is added to the metric tensor; default 1
 * @param metric of the outputs; default {@code euclidean}
 * @param maxRejections how often in a row a step may be shrunk and tried again; default 5
 */
public record GeodesicSettings(
    int iterations,
    double outputBudget,
    Double weightBudget,
    double damping,
    OutputMetric metric,
    int maxRejections) {
  static GeodesicSettings read(Section section) {
    return new GeodesicSettings(
        section.smallInteger("iterations", 1, 10_000),
        section.number("outputBudget", Range.POSITIVE),
        section.optionalNumber("weightBudget", Range.POSITIVE),
        section.number("damping", Range.POSITIVE),
        section.choice("metric", List.of(OutputMetric.values())),
        section.smallInteger("maxRejections", 0, 1000));
  }
}
