package org.fip.core.spectrum;

/**
 * A random estimate.
 *
 * @param value its mean over the probes
 * @param standardError standard deviation of that mean, by the spread of the probes
 */
public record Estimate(double value, double standardError) {

  /** The mean of samples, at least two, added to an exact part. */
  static Estimate of(double exact, double[] samples) {
    double mean = 0;
    for (double sample : samples) {
      mean += sample / samples.length;
    }
    double squares = 0;
    for (double sample : samples) {
      squares += (sample - mean) * (sample - mean);
    }
    double variance = squares / (samples.length - 1);
    return new Estimate(exact + mean, Math.sqrt(variance / samples.length));
  }
}
