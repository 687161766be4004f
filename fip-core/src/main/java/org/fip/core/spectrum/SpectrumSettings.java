package org.fip.core.spectrum;

/**
 * What is asked of a spectrum.
 *
 * @param top how many eigenvalues, from the largest down
 * @param tolerance residual of an eigenpair that is accepted, as a share of the largest eigenvalue
 * @param probes random probes of the traces, at least two
 * @param threshold share of the largest eigenvalue below which a direction counts as flat
 * @param seed of the start vector and the probes
 * @param memoryBytes what the basis may take of the heap; a larger one lives in a temporary file
 */
public record SpectrumSettings(
    int top, double tolerance, int probes, double threshold, long seed, long memoryBytes) {
  /** The smallest tolerance: residuals of float32 products say no more. */
  public static final double LEAST_TOLERANCE = 1e-7;

  /** The smallest threshold: below it an eigenvalue cannot be told from zero. */
  public static final double LEAST_THRESHOLD = 1e-6;

  /** The largest eigenvalues, with 32 probes and the seed 0; a basis above 1 GiB is in a file. */
  public static SpectrumSettings largest(int top) {
    return new SpectrumSettings(top, 1e-6, 32, 1e-3, 0, 1L << 30);
  }

  /** Checks the ranges. */
  public SpectrumSettings {
    if (top < 1 || !(tolerance >= LEAST_TOLERANCE && tolerance < 1) || probes < 2) {
      throw new IllegalArgumentException(
          String.format("top %d, tolerance %s, probes %d", top, tolerance, probes));
    }
    if (!(threshold >= LEAST_THRESHOLD && threshold <= 1)) {
      throw new IllegalArgumentException("threshold " + threshold);
    }
  }
}
