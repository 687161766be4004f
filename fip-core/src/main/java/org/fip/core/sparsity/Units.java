package org.fip.core.sparsity;

import java.io.Serializable;
import java.util.function.IntConsumer;

/**
 * What a pattern removes as one: single weights, blocks of them, or channels. A weight may belong
 * to several units, as one between two layers does whose channels can both be removed.
 */
public interface Units extends Serializable {

  /** How many units there are. */
  int count();

  /** Names the indices in w that are zero once a unit is removed. */
  void forEach(int unit, IntConsumer index);

  /** Names the indices in w whose scores make up that of a unit. */
  default void forEachScored(int unit, IntConsumer index) {
    forEach(unit, index);
  }

  /** The layer a unit belongs to, where layers have budgets of their own. */
  int layer(int unit);

  /** How many layers there are. */
  int layers();

  /** A group of units of which only some may be removed. */
  default int group(int unit) {
    return 0;
  }

  /** How many groups there are. */
  default int groups() {
    return 1;
  }

  /** How many units of a group may be removed. */
  default int removable(int group) {
    return Integer.MAX_VALUE;
  }
}
