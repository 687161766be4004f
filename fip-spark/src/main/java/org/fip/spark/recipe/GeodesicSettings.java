package org.fip.spark.recipe;

import java.io.Serializable;
import java.util.List;
import org.fip.core.geometry.Metric;
import org.fip.core.path.Solver;

/**
 * The steps of the {@code geodesic} sampler.
 *
 * @param solver {@code exact}, one round for each iteration on the metric of all anchors, or {@code
 *     local}, one round in which each shard solves on the metric of its own
 * @param iterations conjugate-gradient iterations of a step
 * @param outputBudget largest predicted mean squared output displacement of a step
 * @param weightBudget largest Euclidean length of a step, or null for none
 * @param metric of the outputs
 * @param maxRejections how often in a row a step may be shrunk and tried again
 */
public record GeodesicSettings(
    Solver solver,
    int iterations,
    double outputBudget,
    Double weightBudget,
    Metric metric,
    int maxRejections)
    implements Serializable {

  static GeodesicSettings read(Section section) {
    return new GeodesicSettings(
        section.choice("solver", List.of(Solver.values())),
        section.smallInteger("iterations", 1, 10_000),
        section.number("outputBudget", Range.POSITIVE),
        section.optionalNumber("weightBudget", Range.POSITIVE),
        section.choice("metric", List.of(Metric.values())),
        section.smallInteger("maxRejections", 0, 1000));
  }
}
