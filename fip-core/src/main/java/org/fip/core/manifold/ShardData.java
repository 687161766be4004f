package org.fip.core.manifold;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Rows;

/**
 * One data set as one shard holds it, still encoded.
 *
 * @param rows the rows it holds
 * @param from first of its own rows: sums over the set run over own rows, so that all shards
 *     together run over each row once
 * @param to after the last of its own rows
 * @param total rows of the whole set
 * @param replicated whether every shard holds the whole set; small sets are, so that anchors can be
 *     mixed with any other
 */
public record ShardData(EncodedExamples rows, int from, int to, int total, boolean replicated)
    implements Serializable {

  /** Whole sets up to this many rows are held by every shard. */
  public static final int REPLICATED_ROWS = 4096;

  /** Divides a set into {@code count} shards, its rows in a random order. */
  public static List<ShardData> divide(EncodedExamples all, int count, long seed) {
    EncodedExamples shuffled = all.select(Rows.permutation(all.size(), seed));
    boolean replicated = all.size() <= REPLICATED_ROWS;
    List<ShardData> parts = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      int from = boundary(all.size(), index, count);
      int to = boundary(all.size(), index + 1, count);
      parts.add(
          replicated
              ? new ShardData(shuffled, from, to, all.size(), true)
              : new ShardData(shuffled.slice(from, to), 0, to - from, all.size(), false));
    }
    return parts;
  }

  /** Own rows of the shard. */
  int own() {
    return to - from;
  }

  /** First row, or mini-batch position, of shard {@code index} of {@code count}. */
  static int boundary(int rows, int index, int count) {
    return (int) ((long) rows * index / count);
  }
}
