package org.fip.core.sparsity;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout.Slot;

/** Tensors of weights, each with a run of units, numbered one after the other. */
final class Matrices implements Serializable {
  private static final long serialVersionUID = 1;

  private final List<Slot> slots;

  /** For each tensor its first unit, and at the end the number of all units. */
  private final int[] first;

  /** How many units a tensor has. */
  interface Size {
    int of(Parameter parameter);
  }

  Matrices(List<Slot> slots, Size size) {
    this.slots = slots;
    first = new int[slots.size() + 1];
    for (int i = 0; i < slots.size(); i++) {
      first[i + 1] = Math.addExact(first[i], size.of(slots.get(i).parameter()));
    }
  }

  int count() {
    return first[slots.size()];
  }

  int tensors() {
    return slots.size();
  }

  Slot slot(int tensor) {
    return slots.get(tensor);
  }

  /** The tensor that a unit is of; of those without units none. */
  int tensor(int unit) {
    int at = Arrays.binarySearch(first, unit);
    if (at < 0) {
      return -at - 2;
    }
    while (first[at + 1] == unit) {
      at++;
    }
    return at;
  }

  int first(int tensor) {
    return first[tensor];
  }

  /** Elements of a row of the matrix [outputs, all other axes]. */
  static int columns(Parameter parameter) {
    return parameter.size() / parameter.shape().get(0);
  }
}
