package org.fip.core.path;

import java.io.Serializable;
import org.fip.core.manifold.Point;

/** A set of weights that a path stays in; it may shrink as the path goes on. */
public interface Constraint extends Serializable {

  /** No constraint. */
  Constraint NONE =
      new Constraint() {
        @Override
        public double tighten(Point here, PathState state) {
          return 0;
        }

        @Override
        public void restrict(float[] direction, PathState state) {}
      };

  /**
   * Shrinks the set when the state's step asks for it, and moves the state's weights into it.
   *
   * @return Euclidean length of the move, 0 when the weights stay
   */
  double tighten(Point here, PathState state);

  /** Sets the components of a gradient or direction that lead out of the set to zero. */
  void restrict(float[] direction, PathState state);
}
