package org.fip.core.path;

/** Who solves the system of a geodesic step. */
public enum Solver {
  /** All workers together, on the metric of all anchors: one round for each iteration. */
  EXACT,
  /** Each shard on the metric of its own anchors, the directions averaged: one round. */
  LOCAL
}
