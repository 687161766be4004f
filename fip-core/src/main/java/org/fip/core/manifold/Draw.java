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

  /**
   * The shard's part of a mini-batch. Positions run on from step to step; an epoch takes the
   * drawable rows once, in an order of its own. A replicated set has one sequence of positions,
   * which the shards divide; of a divided set, each shard has its own.
   */
  static Draw of(Batch batch, ShardData data, EpochOrders orders, long step, int shard, int count) {
    long seed = orders.seed();
    int from = ShardData.boundary(batch.size(), shard, count);
    int to = ShardData.boundary(batch.size(), shard + 1, count);
    int[] rows = new int[to - from];
    long stream = data.replicated() ? -1 : shard;
    long first = data.replicated() ? step * batch.size() + from : step * (to - from);
    int drawable = data.replicated() ? data.rows().size() : data.own();
    long epoch = -1;
    int[] order = null;
    for (int i = 0; i < rows.length; i++) {
      long position = first + i;
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
      streams[i] = Seeds.seed(seed, Seeds.of(batch.data()), Seeds.of("widening"), step, from + i);
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
