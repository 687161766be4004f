package org.fip.core.network;

import java.util.List;

/**
 * What a network reads.
 *
 * @param name key of the input, such as {@code pixel_values}
 * @param kind what its numbers are
 * @param shape shape of one example; {@link Value#ANY} where the data decide
 * @param limit of indices: the first number that is none; otherwise not used
 * @param longest most positions of a sequence; otherwise not used
 */
public record Input(String name, Kind kind, List<Integer> shape, int limit, int longest) {

  /** What an input's numbers are. */
  public enum Kind {
    /** Floating-point values. */
    VALUES,
    /** Whole numbers that look up rows of a table; 0 where the data do not have them. */
    INDICES,
    /** 1 where a position counts and 0 where it is padding; 1 where the data do not have it. */
    MASK
  }

  /** Copies the shape. */
  public Input {
    shape = List.copyOf(shape);
  }

  /** Whether the numbers are whole. */
  public boolean whole() {
    return kind != Kind.VALUES;
  }

  /** Whether an example of that shape fits. */
  public boolean fits(List<Integer> example) {
    if (example.size() != shape.size() || (whole() && example.get(0) > longest)) {
      return false;
    }
    for (int i = 0; i < shape.size(); i++) {
      if (shape.get(i) != Value.ANY && !shape.get(i).equals(example.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The shape as messages show it, such as {@code [3, any, any]}. */
  public String describeShape() {
    return shape.stream()
        .map(side -> side != Value.ANY ? side.toString() : whole() ? "up to " + longest : "any")
        .toList()
        .toString();
  }
}
