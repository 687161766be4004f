package org.fip.spark.job;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.stream.IntStream;
import org.fip.core.FipException;
import org.fip.core.anchors.Anchors;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Rows;

/**
 * What is set aside of a task and of the memory, to choose the weight of the drift by. No test data
 * are looked at. An anchor is held out by its rank in its class, so it is held out for as long as
 * it is kept: one that a path was held to while an earlier task was learned would say little of
 * what is forgotten.
 */
final class HeldOut {
  private static final int MOST_OF_TASK = 1000;

  /** Anchors are drawn by the seed as it is, and are to be among what was learned as well. */
  private static final long OWN_ORDER = 0x5851f42d4c957f2dL;

  private HeldOut() {}

  /** Sets by the names that a walk with a chosen weight knows them by. */
  static Map<String, EncodedExamples> of(
      EncodedExamples task, Anchors memory, double share, long seed) {
    int[] all = IntStream.range(0, task.size()).toArray();
    int limit = (int) Math.max(1, Math.min(MOST_OF_TASK, share * task.size()));
    int[] ofTask = Rows.balanced(task.labels(), all, limit, seed ^ OWN_ORDER);
    int[] ranks = memory.ranks();
    int[] ofMemory =
        IntStream.range(0, ranks.length).filter(i -> isHeldOut(ranks[i], share)).toArray();
    if (ofMemory.length == 0) {
      throw FipException.data(
          "path.anchorWeight is auto, which holds a share of %s of the anchors of each class out;"
              + " %d anchors are too few; raise path.auto.heldOut, keep more, or give a number",
          share, ranks.length);
    }
    EncodedExamples anchors = memory.examples();
    return Map.of(
        Sources.TASK,
        task.select(others(task.size(), ofTask)),
        Sources.TASK_HELD_OUT,
        task.select(ofTask),
        Sources.ANCHORS,
        anchors.select(others(ranks.length, ofMemory)),
        Sources.ANCHORS_HELD_OUT,
        anchors.select(ofMemory));
  }

  /** Every fifth rank for a share of 0.2, the first four not. */
  private static boolean isHeldOut(int rank, double share) {
    return (int) ((rank + 1) * share) > (int) (rank * share);
  }

  private static int[] others(int size, int[] taken) {
    BitSet left = new BitSet();
    left.set(0, size);
    Arrays.stream(taken).forEach(left::clear);
    return left.stream().toArray();
  }
}
