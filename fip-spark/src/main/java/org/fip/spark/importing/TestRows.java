package org.fip.spark.importing;

import java.util.BitSet;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.fip.core.data.Rows;

/** Which rows of a split become the test split: the same part of each class, drawn by a seed. */
final class TestRows {
  private TestRows() {}

  /**
   * Draws the rows. A class of two rows or more has at least one in either split, one of a single
   * row is only trained on.
   */
  static BitSet draw(int[] labels, double fraction, long seed) {
    TreeMap<Integer, IntStream.Builder> classes = new TreeMap<>();
    for (int row = 0; row < labels.length; row++) {
      classes.computeIfAbsent(labels[row], label -> IntStream.builder()).add(row);
    }
    BitSet test = new BitSet(labels.length);
    for (IntStream.Builder each : classes.values()) {
      int[] members = each.build().toArray();
      int share = (int) Math.round(fraction * members.length);
      int count = Math.min(members.length - 1, Math.max(1, share));
      for (int row : Rows.balanced(labels, members, count, seed)) {
        test.set(row);
      }
    }
    return test;
  }
}
