package org.fip.spark.job;

import org.fip.core.manifold.Manifold;
import org.fip.core.path.Constraint;
import org.fip.core.path.Stretch;

/**
 * Where and when a sampler takes its steps.
 *
 * @param manifold what it moves in
 * @param constraint what it stays in
 * @param stretch its part of the path
 * @param kept how many tasks are kept; the drift weighs for each
 * @param heads which outputs compete and which are held
 * @param weight of the drift, for all kept tasks together; null for the recipe's for each
 */
record Stage(
    Manifold manifold,
    Constraint constraint,
    Stretch stretch,
    int kept,
    TaskHeads.Division heads,
    Double weight) {

  /** One whose drift is of all outputs. */
  Stage(Manifold manifold, Constraint constraint, Stretch stretch, int kept) {
    this(manifold, constraint, stretch, kept, TaskHeads.Division.ONE, null);
  }

  /** The same on another stretch. */
  Stage on(Stretch other) {
    return new Stage(manifold, constraint, other, kept, heads, weight);
  }
}
