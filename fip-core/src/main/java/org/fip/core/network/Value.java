package org.fip.core.network;

import java.util.List;

/**
 * A tensor inside a graph under construction.
 *
 * @param name its variable in the program
 * @param shape shape of one example, without the batch axis
 * @param moves whether it changes with w, that is whether it has a tangent
 */
public record Value(String name, List<Integer> shape, boolean moves) {

  /** Copies the shape. */
  public Value {
    shape = List.copyOf(shape);
  }

  /** Elements per example. */
  public int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  String tangent() {
    return "d" + name;
  }
}
