package org.fip.core.network;

import java.util.List;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/**
 * A tensor inside a graph under construction: an input, a parameter, or something computed.
 *
 * @param name its variable in the program
 * @param shape shape of one example, without the batch axis; {@link #ANY} where the data decide
 * @param moves whether it changes with w, that is whether it has a tangent
 */
public record Value(String name, List<Integer> shape, boolean moves) {
  /** A length that the network's configuration leaves to the data, as that of a text. */
  public static final int ANY = -1;

  /** Copies the shape. */
  public Value {
    shape = List.copyOf(shape);
  }

  /** The length of an axis, counted from the end when negative. */
  public int axis(int axis) {
    return shape.get(axis < 0 ? shape.size() + axis : axis);
  }

  /**
   * Elements per example.
   *
   * @throws IllegalStateException when the data decide that
   * @throws FipException with category DATA when one array cannot hold them
   */
  public int size() {
    if (shape.contains(ANY)) {
      throw new IllegalStateException(name + " has shape " + shape + ", which data decide");
    }
    return elements(name, shape);
  }

  /** The product of lengths; fails with category DATA when one array cannot have so many. */
  static int elements(String name, List<Integer> shape) {
    try {
      return shape.stream().reduce(1, Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw new FipException(
          Category.DATA,
          "%s of shape %s has more than %d elements, the limit of one tensor"
              .formatted(name, shape, Integer.MAX_VALUE),
          e);
    }
  }

  String tangent() {
    return "d" + name;
  }

  /** This shape with another length of one axis, counted from the end when negative. */
  List<Integer> with(int axis, int length) {
    List<Integer> changed = new java.util.ArrayList<>(shape);
    changed.set(axis < 0 ? shape.size() + axis : axis, length);
    return changed;
  }

  /** Whether one of the values, of which some may be null, changes with w. */
  static boolean anyMoves(Value... values) {
    for (Value value : values) {
      if (value != null && value.moves) {
        return true;
      }
    }
    return false;
  }

  /** The variable of a value that may be null. */
  static String nameOrNone(Value value) {
    return value == null ? "None" : value.name;
  }

  /** The variable of a value's tangent, if it has one. */
  static String tangentOrNone(Value value) {
    return value != null && value.moves ? value.tangent() : "None";
  }
}
