package org.fip.core.anchors;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fip.core.data.EncodedExamples;

/**
 * A memory of anchors in the order in which they came. Each has a rank: its place, from 0, among
 * those of its class that came with it, the most wanted first. A memory that must shrink keeps the
 * lowest ranks, among equal ones those that a number made of their bytes puts first. So all classes
 * shrink alike though the memory does not know which class an anchor is of, also where they are
 * more than what is kept, whenever they came; and what is kept by one limit after the other is what
 * the last limit alone would have kept.
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
    long[] numbers = numbers(0);
    return select(
        IntStream.range(0, size())
            .boxed()
            .sorted(
                Comparator.<Integer>comparingInt(i -> ranks[i]).thenComparingLong(i -> numbers[i]))
            .limit(limit)
            .mapToInt(Integer::intValue)
            .sorted()
            .toArray());
  }

  /**
   * A number for each anchor that looks random and is a function of its bytes alone, so that it
   * stays what it is for as long as the anchor is kept.
   *
   * @param purpose other purposes have independent numbers; 0 is that of {@link #limited}
   */
  public long[] numbers(long purpose) {
    return IntStream.range(0, size())
        .mapToLong(
            i -> new SplittableRandom(purpose + Arrays.hashCode(examples.payload(i))).nextLong())
        .toArray();
  }

  /** Those of some examples that are not among these anchors, labels aside. */
  public EncodedExamples missing(EncodedExamples others) {
    Set<ByteBuffer> known =
        IntStream.range(0, size())
            .mapToObj(i -> ByteBuffer.wrap(examples.payload(i)))
            .collect(Collectors.toSet());
    int[] missing =
        IntStream.range(0, others.size())
            .filter(i -> !known.contains(ByteBuffer.wrap(others.payload(i))))
            .toArray();
    return missing.length == others.size() ? others : others.select(missing);
  }

  /** The anchors at these positions. */
  public Anchors select(int[] positions) {
    return new Anchors(
        examples.select(positions), Arrays.stream(positions).map(i -> ranks[i]).toArray());
  }
}
