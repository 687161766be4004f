package org.fip.spark.job;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.IntStream;
import org.fip.core.FipException;
import org.fip.core.anchors.Anchors;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Rows;

/**
 * What is set aside of a task and of the memory, to choose the weight of the drift by. No test data
 * are looked at. An anchor is held out by a number made of its bytes, so it is held out for as long
 * as it is kept, however few of its class there are: one that a path was held to while an earlier
 * task was learned would say little of what is forgotten.
 */
final class HeldOut {
  private static final int MOST_OF_TASK = 1000;

  /**
   * Anchors are drawn by the seed as it is, and are to be among what was learned as well; and a
   * memory shrinks by numbers of its own.
   */
  private static final long OWN_ORDER = 0x5851f42d4c957f2dL;

  private HeldOut() {}

  /** Sets by the names that a walk with a chosen weight knows them by. */
  static Map<String, EncodedExamples> of(
      EncodedExamples task, Anchors memory, double share, long seed) {
    if (task.size() < 2) {
      throw FipException.data(
          "path.anchorWeight is auto, which holds a part of each task out, and %s has %d examples;"
              + " give a number",
          task.source(), task.size());
    }
    int[] all = IntStream.range(0, task.size()).toArray();
    int limit = (int) Math.max(1, Math.min(MOST_OF_TASK, share * task.size()));
    int[] ofTask = Rows.balanced(task.labels(), all, limit, seed ^ OWN_ORDER);
    int[] ofMemory = ofMemory(memory, share);
    EncodedExamples anchors = memory.examples();
    return Map.of(
        Sources.TASK,
        task.select(others(task.size(), ofTask)),
        Sources.TASK_HELD_OUT,
        task.select(ofTask),
        Sources.ANCHORS,
        anchors.select(others(memory.size(), ofMemory)),
        Sources.ANCHORS_HELD_OUT,
        anchors.select(ofMemory));
  }

  /** The anchors that a step of a task with a weight of its own may see. */
  static EncodedExamples seen(Anchors memory, double share) {
    return memory.size() < 2
        ? memory.examples()
        : memory.examples().select(others(memory.size(), ofMemory(memory, share)));
  }

  /**
   * The anchors whose numbers are in the lowest share of all numbers; of a memory that is so small
   * that these are none or all, one or all but one.
   */
  private static int[] ofMemory(Anchors memory, double share) {
    if (memory.size() < 2) {
      throw FipException.data(
          "path.anchorWeight is auto, which holds a part of the anchors out, and %d is kept; keep"
              + " more, or give a number",
          memory.size());
    }
    long[] numbers = memory.numbers(OWN_ORDER);
    int[] lowest =
        IntStream.range(0, numbers.length)
            .boxed()
            .sorted(Comparator.comparingLong(i -> numbers[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double bound = Long.MIN_VALUE + share * 0x1p64;
    int low = (int) Arrays.stream(numbers).filter(number -> number < bound).count();
    int[] heldOut = Arrays.copyOf(lowest, Math.max(1, Math.min(low, numbers.length - 1)));
    Arrays.sort(heldOut);
    return heldOut;
  }

  private static int[] others(int size, int[] taken) {
    BitSet left = new BitSet();
    left.set(0, size);
    Arrays.stream(taken).forEach(left::clear);
    return left.stream().toArray();
  }
}
