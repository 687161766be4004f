package org.fip.core.manifold;

import java.util.SplittableRandom;

/**
 * Streams of random numbers that are functions of what they are for: the same run, data set, epoch
 * or step gives the same stream on any machine, in any order of asking.
 */
public final class Seeds {
  private Seeds() {}

  /** The stream of these numbers. */
  public static SplittableRandom stream(long... purpose) {
    return new SplittableRandom(seed(purpose));
  }

  /** What the stream of these numbers starts from. */
  static long seed(long... purpose) {
    long hash = 0x9E3779B97F4A7C15L;
    for (long part : purpose) {
      hash = mix(hash ^ mix(part + 0x9E3779B97F4A7C15L));
    }
    return hash;
  }

  /** A number for a name. */
  public static long of(String name) {
    return name.hashCode();
  }

  /** A permutation of 0..n-1 (Fisher and Yates). */
  public static int[] permutation(int n, SplittableRandom random) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood 2014). */
  private static long mix(long z) {
    long y = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    y = (y ^ (y >>> 27)) * 0x94D049BB133111EBL;
    return y ^ (y >>> 31);
  }
}
