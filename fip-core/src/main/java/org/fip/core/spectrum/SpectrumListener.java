package org.fip.core.spectrum;

/** Is told how an analysis goes on. */
public interface SpectrumListener {

  /** Tells nobody. */
  SpectrumListener NONE = new SpectrumListener() {};

  /**
   * The search for eigenpairs has looked at what it has.
   *
   * @param products products taken so far
   * @param converged how many of the wanted pairs have met the tolerance
   */
  default void expanded(int products, int converged, int wanted) {}

  /** The search has ended with so many pairs. */
  default void found(int products, int pairs) {}

  /** So many of all probes of the trace were taken. */
  default void probed(int probes, int all) {}
}
