package org.fip.core.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Which rows of a data set are used: seeded permutations and class-balanced samples. The results
 * are a function of the arguments alone, on every Java version: only {@link
 * SplittableRandom#nextLong()}, which is SplitMix64, is drawn from, and the reduction to a range
 * and the shuffle are written out here.
 */
public final class Rows {

  /** The odd constant of SplitMix64, the golden ratio in 64 bits. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Rows() {}

  /** A uniformly drawn permutation of 0 to {@code count - 1} (Fisher and Yates, from the end). */
  public static int[] permutation(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] permutation = IntStream.range(0, count).toArray();
    for (int i = count - 1; i > 0; i--) {
      int j = below(random, i + 1);
      int swapped = permutation[i];
      permutation[i] = permutation[j];
      permutation[j] = swapped;
    }
    return permutation;
  }

  /** The rows, ascending, whose label is one of {@code classes}. */
  public static int[] ofClasses(int[] labels, List<Integer> classes) {
    int[] sorted = classes.stream().mapToInt(Integer::intValue).sorted().toArray();
    return IntStream.range(0, labels.length)
        .filter(row -> Arrays.binarySearch(sorted, labels[row]) >= 0)
        .toArray();
  }

  /**
   * A class-balanced sample of {@code limit} of the given rows, ascending; all of them when there
   * are no more than that.
   *
   * <p>Each class has its rows in an order that depends on the seed and the class only, and the
   * classes have an order that depends on the seed. Rows are dealt in rounds, one from each class
   * that still has some, until the limit is reached. So class sizes differ by at most one as long
   * as no class runs out, a class with too few rows is made up for by the others, and a smaller
   * sample of the same seed lies within a larger one.
   *
   * @param labels the label of every row of the data set
   * @param rows the rows to draw from, ascending
   */
  public static int[] balanced(int[] labels, int[] rows, int limit, long seed) {
    if (rows.length <= limit) {
      return rows.clone();
    }
    int[][] decks = decks(labels, rows, seed);
    int[] order = permutation(decks.length, seed);
    int[] sample = new int[limit];
    int drawn = 0;
    for (int round = 0; drawn < limit; round++) {
      for (int i = 0; i < order.length && drawn < limit; i++) {
        int[] deck = decks[order[i]];
        if (round < deck.length) {
          sample[drawn++] = deck[round];
        }
      }
    }
    Arrays.sort(sample);
    return sample;
  }

  /**
   * The place of each row in the seeded order of its class, from 0; {@link #balanced} deals rows in
   * the order of these places.
   */
  public static int[] ranks(int[] labels, long seed) {
    int[] ranks = new int[labels.length];
    for (int[] deck : decks(labels, IntStream.range(0, labels.length).toArray(), seed)) {
      for (int rank = 0; rank < deck.length; rank++) {
        ranks[deck[rank]] = rank;
      }
    }
    return ranks;
  }

  /**
   * The {@code limit} rows, ascending, that come first when rows are dealt in rounds by their ranks
   * within their classes, as {@link #balanced} does; all when there are no more.
   */
  public static int[] dealt(int[] labels, int[] ranks, int limit, long seed) {
    int[] classes = Arrays.stream(labels).distinct().sorted().toArray();
    int[] order = permutation(classes.length, seed);
    int[] turns = new int[classes.length];
    for (int turn = 0; turn < order.length; turn++) {
      turns[order[turn]] = turn;
    }
    return IntStream.range(0, labels.length)
        .boxed()
        .sorted(
            Comparator.<Integer>comparingInt(row -> ranks[row])
                .thenComparingInt(row -> turns[Arrays.binarySearch(classes, labels[row])]))
        .limit(limit)
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }

  /** A sample of {@code limit} rows of {@code count}, ascending, for data without labels. */
  public static int[] sample(int count, int limit, long seed) {
    int[] rows = IntStream.range(0, count).toArray();
    return balanced(new int[count], rows, limit, seed);
  }

  /** The rows of each class, classes ascending, each in its seeded order. */
  static int[][] decks(int[] labels, int[] rows, long seed) {
    TreeMap<Integer, IntStream.Builder> classes = new TreeMap<>();
    for (int row : rows) {
      classes.computeIfAbsent(labels[row], label -> IntStream.builder()).add(row);
    }
    int[][] decks = new int[classes.size()][];
    int index = 0;
    for (var entry : classes.entrySet()) {
      int[] members = entry.getValue().build().toArray();
      long classSeed = new SplittableRandom(seed + GOLDEN * (entry.getKey() + 1L)).nextLong();
      int[] order = permutation(members.length, classSeed);
      decks[index++] = Arrays.stream(order).map(i -> members[i]).toArray();
    }
    return decks;
  }

  /**
   * A uniform number from 0 to {@code bound - 1}: the remainder of a 63-bit draw, drawn again when
   * it falls into the last, incomplete run of {@code bound} numbers.
   */
  private static int below(SplittableRandom random, int bound) {
    long draw;
    long remainder;
    do {
      draw = random.nextLong() >>> 1;
      remainder = draw % bound;
    } while (draw - remainder + (bound - 1) < 0);
    return (int) remainder;
  }
}
