package org.fip.core.network;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The rows of a network's head in w, with their offsets, one for each output.
 *
 * @param slots of the head's tensors that are among those of w
 * @param outputs of the network
 */
record HeadRows(List<WeightLayout.Slot> slots, int outputs) {
  static HeadRows of(Graph graph, WeightLayout layout, int outputs) {
    return new HeadRows(
        graph.head().stream().flatMap(name -> layout.find(name).stream()).toList(), outputs);
  }

  /** The outputs whose rows are zero; none where no tensor of the head is among those of w. */
  BitSet zeros(float[] weights) {
    BitSet zeros = new BitSet();
    zeros.set(0, slots.isEmpty() ? 0 : outputs);
    for (WeightLayout.Slot slot : slots) {
      for (int i = 0; i < slot.parameter().size(); i++) {
        if (weights[slot.offset() + i] != 0) {
          zeros.clear(i / length(slot));
        }
      }
    }
    return zeros;
  }

  /** Makes the rows of these outputs zero. */
  void clear(float[] weights, BitSet cleared) {
    for (WeightLayout.Slot slot : slots) {
      int length = length(slot);
      cleared.stream()
          .map(row -> slot.offset() + row * length)
          .forEach(from -> Arrays.fill(weights, from, from + length, 0));
    }
  }

  private int length(WeightLayout.Slot slot) {
    return slot.parameter().size() / outputs;
  }
}
