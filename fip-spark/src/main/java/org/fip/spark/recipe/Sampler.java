package org.fip.spark.recipe;

import java.util.List;

/** The rule that takes the steps of a path. */
public enum Sampler {
  /** Stochastic gradient on the objective plus the weighted drift, anchors widened. */
  ANCHORED,
  /** The step inside an output budget, by preconditioned conjugate gradients. */
  GEODESIC,
  /** Plain training on the objective, nothing is kept: the baseline that forgets. */
  FINE_TUNING,
  /** Training on the objective and the labelled anchors together. */
  REPLAY,
  /** The algorithm as its authors released it: Bhattacharyya drift, weight 1, constant rate. */
  RELEASED,
  /** No step at all: of {@code sparsify}, the removal by magnitude at once. A baseline only. */
  ONE_SHOT;

  /** Those that take steps. */
  static final List<Sampler> WALKING = List.of(ANCHORED, GEODESIC, FINE_TUNING, REPLAY, RELEASED);

  /** The name in recipes. */
  public String label() {
    return Labels.of(this);
  }
}
