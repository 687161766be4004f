package org.fip.core.manifold;

import java.util.HashMap;
import java.util.Map;

/** The order in which each epoch takes the rows of each data set; the latest are remembered. */
final class EpochOrders {
  private final long seed;
  private final Map<String, Entry> latest = new HashMap<>();

  @SuppressWarnings("ArrayRecordComponent")
  private record Entry(long epoch, int[] order) {}

  EpochOrders(long seed) {
    this.seed = seed;
  }

  /** The run's seed. */
  long seed() {
    return seed;
  }

  /** A permutation of the set's drawable rows. */
  int[] get(String data, int drawable, long stream, long epoch) {
    Entry known = latest.get(data);
    if (known == null || known.epoch != epoch) {
      known =
          new Entry(
              epoch,
              Seeds.permutation(drawable, Seeds.stream(seed, Seeds.of(data), stream, epoch)));
      latest.put(data, known);
    }
    return known.order;
  }
}
