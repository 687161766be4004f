package org.fip.core.sparsity;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Removes units in the order of their scores until enough weights are gone. Equal scores go in the
 * order of the units.
 */
public final class Removal implements Serializable {
  private static final long serialVersionUID = 1;

  private final Units units;
  private final Budget budget;

  /** Removal of these units. */
  public Removal(Units units, Budget budget) {
    this.units = units;
    this.budget = budget;
  }

  /**
   * Marks units as removed until at least so many weights are, or none is left that may be.
   *
   * @param scores what each weight is worth, [P], not negative; a unit is worth the mean of its own
   * @param removed 1 where a weight is removed, else 0, [P]; changed in place
   * @return how many weights are removed
   */
  public int remove(float[] scores, float[] removed, int target) {
    int[] left = new int[units.groups()];
    Arrays.setAll(left, units::removable);
    long[] order = order(scores, removed, left);
    int[] gone = {0};
    for (float mark : removed) {
      gone[0] += mark == 0 ? 0 : 1;
    }
    for (int i = 0; i < order.length && gone[0] < target; i++) {
      int unit = (int) order[i];
      int group = units.group(unit);
      if (left[group] > 0) {
        left[group]--;
        units.forEach(
            unit,
            index -> {
              gone[0] += removed[index] == 0 ? 1 : 0;
              removed[index] = 1;
            });
      }
    }
    return gone[0];
  }

  /** How many weights can be removed of a vector of so many. */
  public int most(int weights) {
    return remove(new float[weights], new float[weights], Integer.MAX_VALUE);
  }

  /** The units that are there, each below the bits of what they are ordered by. */
  private long[] order(float[] scores, float[] removed, int[] left) {
    long[] keys = new long[units.count()];
    int there = 0;
    for (int unit = 0; unit < units.count(); unit++) {
      if (isRemoved(unit, removed)) {
        left[units.group(unit)]--;
      } else {
        keys[there++] = key(score(unit, scores), unit);
      }
    }
    long[] order = Arrays.copyOf(keys, there);
    Arrays.parallelSort(order);
    return budget == Budget.LAYER ? byShare(order) : order;
  }

  /** Positive floats are ordered as their bits are. */
  private static long key(float score, int unit) {
    return (long) Float.floatToIntBits(score) << Integer.SIZE | unit;
  }

  private boolean isRemoved(int unit, float[] removed) {
    boolean[] whole = {true};
    units.forEach(unit, index -> whole[0] &= removed[index] != 0);
    return whole[0];
  }

  private float score(int unit, float[] scores) {
    double[] sum = new double[2];
    units.forEachScored(
        unit,
        index -> {
          sum[0] += scores[index];
          sum[1]++;
        });
    return (float) (sum[0] / sum[1]);
  }

  /** Ordered by the share of its layer that is gone once a unit is, the first to go before it. */
  private long[] byShare(long[] order) {
    int[] sizes = new int[units.layers()];
    int[] ranks = new int[units.layers()];
    for (int unit = 0; unit < units.count(); unit++) {
      sizes[units.layer(unit)]++;
    }
    System.arraycopy(sizes, 0, ranks, 0, sizes.length);
    for (long key : order) {
      ranks[units.layer((int) key)]--;
    }
    long[] byShare = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      int unit = (int) order[i];
      int layer = units.layer(unit);
      byShare[i] = key((float) ++ranks[layer] / sizes[layer], unit);
    }
    Arrays.parallelSort(byShare);
    return byShare;
  }
}
