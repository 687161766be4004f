package org.fip.spark.recipe;

import java.util.List;

/** The rule that takes the steps of a path. */
public enum SamplerKind {
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
  /** Training on the data of all tasks, and of what is kept, at once: the upper bound. */
  JOINT,
  /**
   * Replay of labels and of the outputs that anchors had when they were stored (Buzzega et al.
   * 2020, arXiv 2004.07211).
   */
  DER_PLUS_PLUS,
  /** Elastic weight consolidation with a diagonal Fisher information; nothing is replayed. */
  EWC,
  /** Fine-tuning of low-rank changes. */
  LORA,
  /** No step at all: of {@code sparsify}, the removal by magnitude at once. A baseline only. */
  ONE_SHOT;

  /** Those that take steps. */
  static final List<SamplerKind> WALKING =
      List.of(ANCHORED, GEODESIC, FINE_TUNING, REPLAY, RELEASED, JOINT, DER_PLUS_PLUS, EWC, LORA);

  /** Whether steps look at the anchors. */
  public boolean replays() {
    return switch (this) {
      case ANCHORED, GEODESIC, REPLAY, RELEASED, DER_PLUS_PLUS -> true;
      case FINE_TUNING, JOINT, EWC, LORA, ONE_SHOT -> false;
    };
  }

  /** Whether steps look at the labels of anchors. */
  public boolean learnsFromAnchors() {
    return this == REPLAY || this == DER_PLUS_PLUS;
  }

  /** Whether the labels of {@code keep} are read. */
  public boolean readsLabelsOfKept() {
    return learnsFromAnchors() || this == EWC || this == JOINT;
  }

  /** Whether {@code sparsify} removes all weights of a stretch at once, as its rivals do. */
  public boolean removesAtOnce() {
    return this == FINE_TUNING || this == RELEASED || this == ONE_SHOT;
  }

  /** Whether steps need a gradient of the driver's own, so that shards cannot take them. */
  boolean stepsOnDriver() {
    return this == EWC || this == LORA;
  }

  /** The name in recipes. */
  public String label() {
    return Labels.of(this);
  }
}
