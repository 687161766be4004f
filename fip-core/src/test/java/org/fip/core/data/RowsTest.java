package org.fip.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowsTest {

  private static final int TRIALS = 300;

  @Test
  void drawsComeFromSplitMix64() {
    // The first outputs of the published generator for seed 0: should a Java version differ, every
    // stored sample would.
    SplittableRandom random = new SplittableRandom(0);
    assertEquals(0xE220A8397B1DCDAFL, random.nextLong());
    assertEquals(0x6E789E6AA1B965F4L, random.nextLong());
  }

  @Test
  void permutationsAreTheRecordedOnes() {
    assertArrayEquals(permutationByDefinition(10, 0), Rows.permutation(10, 0));
    assertArrayEquals(permutationByDefinition(1000, -7), Rows.permutation(1000, -7));
  }

  @Test
  void permutationsHoldEveryRowOnce() {
    forSeeds(
        (seed, random) -> {
          int count = random.nextInt(200);
          int[] sorted = Rows.permutation(count, random.nextLong());
          Arrays.sort(sorted);
          assertArrayEquals(IntStream.range(0, count).toArray(), sorted, "seed " + seed);
        });
  }

  @Test
  void everyPlaceOfAPermutationIsEquallyLikely() {
    int[][] counts = new int[5][5];
    int trials = 20_000;
    for (int seed = 0; seed < trials; seed++) {
      int[] permutation = Rows.permutation(5, seed);
      for (int place = 0; place < 5; place++) {
        counts[place][permutation[place]]++;
      }
    }
    // Mean 4,000 with a standard deviation of 57.
    for (int[] row : counts) {
      for (int count : row) {
        assertEquals(4000, count, 300, Arrays.deepToString(counts));
      }
    }
  }

  @Test
  void balancedSamplesAreOrderedRowsOfTheSizeAskedFor() {
    forSeeds(
        (seed, random) -> {
          int[] labels = labels(random);
          int[] rows = Rows.ofClasses(labels, List.of(0, 2, 3));
          int limit = 1 + random.nextInt(60);
          int[] sample = Rows.balanced(labels, rows, limit, seed);
          assertEquals(Math.min(limit, rows.length), sample.length, "seed " + seed);
          assertArrayEquals(
              Arrays.stream(sample).distinct().sorted().toArray(), sample, "seed " + seed);
          assertTrue(asSet(rows).containsAll(asSet(sample)), "seed " + seed);
        });
  }

  @Test
  void aClassIsShortOnlyWhenItsRowsRunOut() {
    forSeeds(
        (seed, random) -> {
          int[] labels = labels(random);
          int[] all = IntStream.range(0, labels.length).toArray();
          int[] sample = Rows.balanced(labels, all, 1 + random.nextInt(60), seed);
          SortedMap<Integer, Integer> available = histogram(labels, all);
          SortedMap<Integer, Integer> drawn = histogram(labels, sample);
          int most = drawn.values().stream().max(Integer::compare).orElse(0);
          available.forEach(
              (label, count) ->
                  assertTrue(
                      drawn.getOrDefault(label, 0) >= Math.min(count, most - 1),
                      "seed " + seed + ": drawn " + drawn + " of " + available));
        });
  }

  @Test
  void aSmallerSampleLiesWithinALargerOneOfTheSameSeed() {
    forSeeds(
        (seed, random) -> {
          int[] labels = labels(random);
          int[] all = IntStream.range(0, labels.length).toArray();
          int limit = 1 + random.nextInt(40);
          Set<Integer> small = asSet(Rows.balanced(labels, all, limit, seed));
          Set<Integer> large = asSet(Rows.balanced(labels, all, limit + 13, seed));
          assertTrue(large.containsAll(small), "seed " + seed);
        });
  }

  @Test
  void anotherSeedDrawsOtherRowsAndAnotherRemainder() {
    int[] labels = IntStream.range(0, 1000).map(row -> row % 10).toArray();
    int[] all = IntStream.range(0, 1000).toArray();
    Set<Set<Integer>> samples = new HashSet<>();
    Set<SortedMap<Integer, Integer>> remainders = new HashSet<>();
    for (int seed = 0; seed < 20; seed++) {
      int[] sample = Rows.balanced(labels, all, 13, seed);
      samples.add(asSet(sample));
      remainders.add(histogram(labels, sample));
    }
    assertEquals(20, samples.size());
    assertTrue(remainders.size() > 15, remainders::toString);
  }

  @Test
  void theRowsOfAClassDoNotDependOnTheOtherClassesKept() {
    int[] labels = IntStream.range(0, 600).map(row -> row % 6).toArray();
    int[] few = Rows.balanced(labels, Rows.ofClasses(labels, List.of(2, 4)), 20, 5);
    int[] many = Rows.balanced(labels, Rows.ofClasses(labels, List.of(0, 1, 2, 3, 4, 5)), 60, 5);
    assertTrue(asSet(many).containsAll(asSet(few)));
  }

  @Test
  void classesAreKeptByTheirOwnNumbers() {
    int[] labels = {3, 1, 2, 3, 0, 2};
    assertArrayEquals(new int[] {0, 2, 3, 5}, Rows.ofClasses(labels, List.of(3, 2)));
    assertEquals(0, Rows.ofClasses(labels, List.of(9)).length);
  }

  @Test
  void unlabelledRowsAreDrawnWithoutRepetition() {
    assertArrayEquals(new int[] {0, 1, 2}, Rows.sample(3, 5, 0));
    assertEquals(40, asSet(Rows.sample(100, 40, 0)).size());
  }

  /** Fisher and Yates over SplitMix64, from the definitions and in big steps. */
  private static int[] permutationByDefinition(int count, long seed) {
    int[] permutation = IntStream.range(0, count).toArray();
    long state = seed;
    for (int i = count - 1; i > 0; i--) {
      state += 0x9E3779B97F4A7C15L;
      long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      z ^= z >>> 31;
      int j = (int) ((z >>> 1) % (i + 1));
      int kept = permutation[i];
      permutation[i] = permutation[j];
      permutation[j] = kept;
    }
    return permutation;
  }

  private static int[] labels(SplittableRandom random) {
    int[] sizes = IntStream.range(0, 5).map(label -> random.nextInt(30)).toArray();
    int[] ordered =
        IntStream.range(0, 5)
            .flatMap(label -> IntStream.generate(() -> label).limit(sizes[label]))
            .toArray();
    int[] order = Rows.permutation(ordered.length, random.nextLong());
    return Arrays.stream(order).map(i -> ordered[i]).toArray();
  }

  private static SortedMap<Integer, Integer> histogram(int[] labels, int[] rows) {
    TreeMap<Integer, Integer> histogram = new TreeMap<>();
    for (int row : rows) {
      histogram.merge(labels[row], 1, Integer::sum);
    }
    return histogram;
  }

  private static Set<Integer> asSet(int[] rows) {
    return Arrays.stream(rows).boxed().collect(Collectors.toSet());
  }

  private interface Property {
    void check(long seed, SplittableRandom random);
  }

  private static void forSeeds(Property property) {
    for (long seed = 0; seed < TRIALS; seed++) {
      property.check(seed, new SplittableRandom(seed));
    }
  }
}
