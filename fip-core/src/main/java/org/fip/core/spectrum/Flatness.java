package org.fip.core.spectrum;

import java.util.List;

/**
 * How many directions of weight space hardly move the outputs: those whose eigenvalue is below a
 * share of the largest. As an interval, because the eigenvalues that were found may not reach down
 * to the threshold.
 *
 * @param threshold the share of the largest eigenvalue
 * @param aboveAtLeast eigenvalues at or above the threshold, at least
 * @param aboveAtMost the same, at most: of those not found there are no more than their rank, the
 *     trace and the trace of the square that remain allow, both taken three standard errors up
 * @param shareBelowAtLeast fraction of all P directions below the threshold, at least
 * @param shareBelowAtMost the same, at most
 */
public record Flatness(
    double threshold,
    long aboveAtLeast,
    long aboveAtMost,
    double shareBelowAtLeast,
    double shareBelowAtMost) {
  private static final double ERRORS = 3;

  /** Whether the eigenvalues reach the threshold, so that both bounds are the same number. */
  public boolean exact() {
    return aboveAtLeast == aboveAtMost;
  }

  /**
   * Counts.
   *
   * @param reliable whether no eigenvalue larger than the smallest of these is missing
   * @param complete whether all eigenvalues are there but those below 1e-6 of the largest
   * @param rest trace of what these eigenvalues leave
   * @param squaredRest trace of its square
   */
  static Flatness of(
      double threshold,
      List<Eigenvalue> eigenvalues,
      boolean reliable,
      boolean complete,
      Estimate rest,
      Estimate squaredRest,
      long rankBound,
      int parameters) {
    double limit = eigenvalues.isEmpty() ? 0 : threshold * eigenvalues.get(0).value();
    long above = eigenvalues.stream().filter(found -> found.value() >= limit).count();
    long most = above;
    boolean reached = complete || (reliable && above < eigenvalues.size());
    if (!reached) {
      double more =
          Math.min(
              upper(rest) / limit,
              Math.min(
                  upper(squaredRest) / (limit * limit), (double) (rankBound - eigenvalues.size())));
      most += (long) Math.max(0, Math.floor(more));
    }
    return new Flatness(
        threshold, above, most, 1 - (double) most / parameters, 1 - (double) above / parameters);
  }

  private static double upper(Estimate estimate) {
    return Math.max(0, estimate.value() + ERRORS * estimate.standardError());
  }
}
