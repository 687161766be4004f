package org.fip.core.manifold;

import java.io.Serializable;
import org.fip.core.data.Examples;

/**
 * One data set as one shard holds it.
 *
 * @param examples the rows it holds
 * @param from first of its own rows: sums over the set run over own rows, so that all shards
 *     together run over each row once
 * @param to after the last of its own rows
 * @param total rows of the whole set
 * @param replicated whether every shard holds the whole set; small sets are, so that anchors can be
 *     mixed with any other
 */
public record ShardData(Examples examples, int from, int to, int total, boolean replicated)
    implements Serializable {

  /** Whole sets up to this many rows are held by every shard. */
  public static final int REPLICATED_ROWS = 4096;

  /** The part of a set that shard {@code index} of {@code count} holds. */
  public static ShardData of(Examples all, int index, int count) {
    int from = boundary(all.size(), index, count);
    int to = boundary(all.size(), index + 1, count);
    if (all.size() <= REPLICATED_ROWS) {
      return new ShardData(all, from, to, all.size(), true);
    }
    return new ShardData(all.slice(from, to), 0, to - from, all.size(), false);
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
