package org.fip.spark.recipe;

/** Which weights are removed first. */
public enum SparsityScore {
  /** Those that are small. */
  MAGNITUDE,
  /** Those whose square times their element of the metric's diagonal is small, estimated. */
  DIAGONAL,
  /** The same with the diagonal of the score's examples to rounding. */
  EXACT_DIAGONAL
}
