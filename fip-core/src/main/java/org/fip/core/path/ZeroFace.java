package org.fip.core.path;

import java.util.BitSet;
import org.fip.core.manifold.Point;
import org.fip.core.network.Network;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout.Slot;
import org.fip.core.sparsity.Pattern;
import org.fip.core.sparsity.Units;

/**
 * The face of weight space that a network lies in: what is zero there stays zero. Of matrices and
 * kernels every zero counts, of offsets those of channels that are zero as a whole. Rows of the
 * head that are zero with their offset are classes that nothing was learned of, and are free.
 */
public final class ZeroFace implements Constraint {
  private static final long serialVersionUID = 1;

  private final BitSet zeros = new BitSet();

  /** The face of a network. */
  public ZeroFace(Network network) {
    float[] weights = network.weights();
    for (Slot slot : network.layout().slots()) {
      if (slot.parameter().role() == Parameter.Role.WEIGHT) {
        mark(weights, slot.offset(), slot.end());
      }
    }
    Units channels =
        Pattern.parse("channel").orElseThrow().units(network.graph(), network.layout().slots());
    for (int channel = 0; channel < channels.count(); channel++) {
      boolean[] alive = {false};
      channels.forEach(channel, index -> alive[0] |= weights[index] != 0);
      if (!alive[0]) {
        channels.forEach(channel, zeros::set);
      }
    }
    freeUnlearned(network);
  }

  private void mark(float[] weights, int from, int to) {
    for (int i = from; i < to; i++) {
      if (weights[i] == 0) {
        zeros.set(i);
      }
    }
  }

  private void freeUnlearned(Network network) {
    int classes = network.classes();
    BitSet unlearned = network.unlearned();
    for (String tensor : network.graph().head()) {
      network
          .layout()
          .find(tensor)
          .ifPresent(
              slot -> {
                int length = slot.parameter().size() / classes;
                unlearned.stream()
                    .map(row -> slot.offset() + row * length)
                    .forEach(from -> zeros.clear(from, from + length));
              });
    }
  }

  /** How many weights stay zero. */
  public int size() {
    return zeros.cardinality();
  }

  @Override
  public double tighten(Point here, PathState state) {
    return 0;
  }

  @Override
  public void restrict(float[] direction, PathState state) {
    for (int i = zeros.nextSetBit(0); i >= 0; i = zeros.nextSetBit(i + 1)) {
      direction[i] = 0;
    }
  }
}
