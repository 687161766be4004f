package org.fip.core.anchors;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.fip.core.data.EncodedExamples;

/**
 * A memory of anchors in the order in which they came. Each has a rank: its place, from 0, among
 * those of its class that came with it, the most wanted first. A memory that must shrink keeps the
 * lowest ranks, among equal ones those that came first. So all classes shrink alike though the
 * memory does not know which class an anchor is of, and what is kept by one limit after the other
 * is what the last limit alone would have kept.
 */
public final class Anchors {
  private final EncodedExamples examples;
  private final int[] ranks;

  /**
   * A memory of these examples.
   *
   * @param ranks one for each example
   */
  public Anchors(EncodedExamples examples, int[] ranks) {
    if (ranks.length != examples.size()) {
      throw new IllegalArgumentException(
          "%d ranks for %d anchors".formatted(ranks.length, examples.size()));
    }
    this.examples = examples;
    this.ranks = ranks.clone();
  }

  /** The anchors, the oldest first. */
  public EncodedExamples examples() {
    return examples;
  }

  /** The rank of each anchor. */
  public int[] ranks() {
    return ranks.clone();
  }

  /** How many these are. */
  public int size() {
    return ranks.length;
  }

  /** This memory with what came after it. */
  public Anchors and(Anchors later) {
    int[] all = Arrays.copyOf(ranks, ranks.length + later.ranks.length);
    System.arraycopy(later.ranks, 0, all, ranks.length, later.ranks.length);
    return new Anchors(EncodedExamples.concat(List.of(examples, later.examples)), all);
  }

  /** At most so many of these anchors, in the order they have here. */
  public Anchors limited(int limit) {
    if (size() <= limit) {
      return this;
    }
    return select(
        IntStream.range(0, size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> ranks[i]))
            .limit(limit)
            .mapToInt(Integer::intValue)
            .sorted()
            .toArray());
  }

  /** The anchors at these positions. */
  public Anchors select(int[] positions) {
    return new Anchors(
        examples.select(positions), Arrays.stream(positions).map(i -> ranks[i]).toArray());
  }
}
