package org.fip.core.path;

import java.io.Serializable;
import org.fip.core.manifold.Point;

/** A function of the weights alone that a path descends beside its terms. */
public interface Penalty extends Serializable {

  /** No penalty. */
  Penalty NONE = (here, state, gradient) -> {};

  /**
   * Adds its gradient at the state's weights to {@code gradient}, length P. May keep what it needs
   * in the state.
   */
  void addTo(Point here, PathState state, float[] gradient);
}
