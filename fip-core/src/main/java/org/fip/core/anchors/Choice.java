package org.fip.core.anchors;

/** How the anchors of a class are chosen. */
public enum Choice {
  /** At random. */
  RANDOM,
  /** So that the mean of the chosen ones follows the mean of the class; see {@link Herding}. */
  HERDING,
  /** So that the chosen ones span the metric tensor; see {@link Leverage}. */
  LEVERAGE
}
