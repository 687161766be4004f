package org.fip.core.manifold;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Widening;

/**
 * Which rows one shard takes at one step, and how they are widened.
 *
 * @param rows rows of the shard's block
 * @param total examples that all shards together take: what a mean divides by
 * @param widening how they are widened
 * @param drawable how many of the block's rows may be mixed in
 * @param streams for each row, the seed of what is random about its widening; null without
 */
@SuppressWarnings("ArrayRecordComponent")
record Draw(int[] rows, int total, Widening widening, int drawable, long[] streams) {

  /** All own rows, as they are. */
  static Draw own(ShardData data) {
    int[] rows = new int[data.own()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = data.from() + i;
    }
    return new Draw(rows, data.total(), Widening.NONE, 0, null);
  }

  /** Consecutive positions in the sequence of rows that a shard takes, and in the mini-batch. */
  private record Part(long first, int length, int inBatch) {
    /** Of a set that all shards hold: they divide the positions of the mini-batch. */
    static Part ofReplicated(long step, int batch, int shard, int count) {
      int from = ShardData.boundary(batch, shard, count);
      return new Part(
          step * batch + from, ShardData.boundary(batch, shard + 1, count) - from, from);
    }

    /**
     * Of a set that shards hold parts of: of all steps' positions in a row, each takes every {@code
     * count}th, so that all rows come as often whatever the batch, and none is never drawn.
     */
    static Part ofDivided(long step, int batch, int shard, int count) {
      long first = ceilDiv(step * batch - shard, count);
      long end = ceilDiv((step + 1) * batch - shard, count);
      return new Part(first, (int) (end - first), shard * (int) ceilDiv(batch, count));
    }

    private static long ceilDiv(long dividend, int divisor) {
      return -Math.floorDiv(-dividend, (long) divisor);
    }
  }

  /**
   * The shard's part of a mini-batch. Positions run on from step to step; an epoch takes the
   * drawable rows once, in an order of its own. A replicated set has one sequence of positions,
   * which the shards divide; of a divided set, each shard has its own.
   */
  static Draw of(Batch batch, ShardData data, EpochOrders orders, long step, int shard, int count) {
    long seed = orders.seed();
    Part part =
        data.replicated()
            ? Part.ofReplicated(step, batch.size(), shard, count)
            : Part.ofDivided(step, batch.size(), shard, count);
    int[] rows = new int[part.length()];
    long stream = data.replicated() ? -1 : shard;
    int drawable = data.replicated() ? data.rows().size() : data.own();
    long epoch = -1;
    int[] order = null;
    for (int i = 0; i < rows.length; i++) {
      long position = part.first() + i;
      if (position / drawable != epoch) {
        epoch = position / drawable;
        order = orders.get(batch.data(), drawable, stream, epoch);
      }
      rows[i] = order[(int) (position % drawable)];
    }
    if (batch.widening().none()) {
      return new Draw(rows, batch.size(), Widening.NONE, drawable, null);
    }
    long[] streams = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      streams[i] =
          Seeds.seed(seed, Seeds.of(batch.data()), Seeds.of("widening"), step, part.inBatch() + i);
    }
    return new Draw(rows, batch.size(), batch.widening(), drawable, streams);
  }

  /** Rows {@code from} to {@code to} of this draw: a micro-batch. */
  Draw slice(int from, int to) {
    return new Draw(
        Arrays.copyOfRange(rows, from, to),
        total,
        widening,
        drawable,
        streams == null ? null : Arrays.copyOfRange(streams, from, to));
  }

  /** What is random about the widening of the row at a position. */
  SplittableRandom random(int position) {
    return new SplittableRandom(streams[position]);
  }
}
