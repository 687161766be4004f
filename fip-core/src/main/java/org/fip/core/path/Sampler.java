package org.fip.core.path;

import org.fip.core.manifold.Point;

/** Chooses the next point of a path. */
public interface Sampler {

  /** How many steps one call takes; a walk measures and commits between calls only. */
  default int stride() {
    return 1;
  }

  /** How many rounds one call takes, as far as it can be foreseen. */
  default int rounds() {
    return 1;
  }

  /**
   * Takes one step, or as many as the stride says: changes the weights and the sampler's part of
   * the state, but not its step number. The result's point stands at the new weights and belongs to
   * the caller; {@code here} stays open.
   *
   * @throws org.fip.core.FipException with category DATA when no finite step can be taken
   */
  Step step(Point here, PathState state);

  /**
   * One step taken, or one stride.
   *
   * @param point the new point
   * @param objective the secondary objective L at the old point on the step's mini-batch
   * @param length Euclidean length of the step in weight space
   */
  record Step(Point point, double objective, double length) {}
}
