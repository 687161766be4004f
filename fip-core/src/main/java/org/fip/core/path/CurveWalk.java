package org.fip.core.path;

import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;

/**
 * Walks along a curve that is known, from its start to its end in equal steps of t, to measure it
 * and to leave its points as waypoints.
 */
public final class CurveWalk implements Sampler {
  private final Manifold manifold;
  private final Curve curve;
  private final long steps;

  /** A walk that is at the end of the curve after so many steps. */
  public CurveWalk(Manifold manifold, Curve curve, long steps) {
    this.manifold = manifold;
    this.curve = curve;
    this.steps = steps;
  }

  @Override
  public Step step(Point here, PathState state) {
    float[] next = curve.at(state.step() + 1, steps);
    float[] move = next.clone();
    Vector.add(move, -1, state.weights());
    System.arraycopy(next, 0, state.weights(), 0, next.length);
    return new Step(manifold.at(next), Double.NaN, Vector.norm(move));
  }
}
