package org.fip.core.spectrum;

import java.util.List;

/**
 * What is known of the spectrum of a metric tensor G [P, P].
 *
 * @param parameters P
 * @param eigenvalues the largest, in descending order; fewer than asked for when G has no more
 * @param converged whether all of them met the tolerance by the search's own estimate (measured
 *     residuals may be above it, as float32 products round) and none that is larger was found in
 *     their complement; where not, each is a lower bound of the eigenvalue at its place
 * @param complete whether all eigenvalues are there but those below 1e-6 of the largest
 * @param trace sum of all eigenvalues
 * @param squaredTrace sum of their squares
 * @param effectiveRank square of the sum over the sum of squares: how many equal eigenvalues would
 *     make the same of both; NaN when G is zero
 * @param flatness how many directions are below a threshold
 * @param tensors each tensor's share of the trace, in the order of w
 * @param layers the same for tensors whose names differ in their last part only
 * @param products metric products that were taken
 * @param probes how many of them were random probes of the traces
 */
public record Spectrum(
    int parameters,
    List<Eigenvalue> eigenvalues,
    boolean converged,
    boolean complete,
    Estimate trace,
    Estimate squaredTrace,
    Estimate effectiveRank,
    Flatness flatness,
    List<TraceShare> tensors,
    List<TraceShare> layers,
    int products,
    int probes) {

  /** Copies the lists. */
  public Spectrum {
    eigenvalues = List.copyOf(eigenvalues);
    tensors = List.copyOf(tensors);
    layers = List.copyOf(layers);
  }
}
