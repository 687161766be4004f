package org.fip.spark.report;

import java.util.List;

/**
 * The spectrum of the metric tensor at one place of a path.
 *
 * @param where the place, such as {@code start}
 * @param metric by which outputs are compared, such as {@code euclidean}
 * @param parameters weights on the path
 * @param examples inputs the metric is a mean over
 * @param eigenvalues the largest, in descending order
 * @param converged whether they are eigenvalues and not lower bounds
 * @param trace sum of all eigenvalues, with its standard error
 * @param effectiveRank square of the sum over sum of squares, with its standard error
 * @param layers shares of the trace
 */
public record MetricSpectrum(
    String where,
    String metric,
    int parameters,
    int examples,
    List<Double> eigenvalues,
    boolean converged,
    Uncertain trace,
    Uncertain effectiveRank,
    List<LayerShare> layers) {

  /** A value that was estimated. */
  public record Uncertain(double value, double standardError) {}

  /** A layer's share of the trace. */
  public record LayerShare(String layer, double share) {}

  /** Copies the lists. */
  public MetricSpectrum {
    eigenvalues = List.copyOf(eigenvalues);
    layers = List.copyOf(layers);
  }
}
