package org.fip.core.manifold;

import java.util.SplittableRandom;
import org.fip.core.objective.Batch;

/**
 * Which rows one shard takes at one step, and how they are widened.
 *
 * @param rows rows of the shard's block
 * @param total examples that all shards together take: what a mean divides by
 * @param partners rows mixed in, or null
 * @param shares share of the row itself in the mixture, [rows], or null
 * @param down pixels each image moves down, or null
 * @param right pixels each image moves right, or null
 */
@SuppressWarnings("ArrayRecordComponent")
record Draw(int[] rows, int total, int[] partners, float[] shares, int[] down, int[] right) {

  /** All own rows, as they are. */
  static Draw own(ShardData data) {
    int[] rows = new int[data.own()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = data.from() + i;
    }
    return new Draw(rows, data.total(), null, null, null, null);
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
    Draw plain = new Draw(rows, batch.size(), null, null, null, null);
    return batch.widening().none() ? plain : plain.widened(batch, drawable, seed, step, from);
  }

  private Draw widened(Batch batch, int drawable, long seed, long step, int from) {
    int n = rows.length;
    boolean mixture = batch.widening().mixture();
    int shift = batch.widening().shift();
    int[] partner = mixture ? new int[n] : null;
    float[] share = mixture ? new float[n] : null;
    int[] moveDown = shift > 0 ? new int[n] : null;
    int[] moveRight = shift > 0 ? new int[n] : null;
    for (int i = 0; i < n; i++) {
      SplittableRandom random =
          Seeds.stream(seed, Seeds.of(batch.data()), Seeds.of("widening"), step, from + i);
      if (mixture) {
        partner[i] = random.nextInt(drawable);
        share[i] = (float) random.nextDouble();
      }
      if (shift > 0) {
        moveDown[i] = random.nextInt(-shift, shift + 1);
        moveRight[i] = random.nextInt(-shift, shift + 1);
      }
    }
    return new Draw(rows, total, partner, share, moveDown, moveRight);
  }

  /** Rows {@code from} to {@code to} of this draw: a micro-batch. */
  Draw slice(int from, int to) {
    return new Draw(
        part(rows, from, to),
        total,
        part(partners, from, to),
        shares == null ? null : java.util.Arrays.copyOfRange(shares, from, to),
        part(down, from, to),
        part(right, from, to));
  }

  private static int[] part(int[] values, int from, int to) {
    return values == null ? null : java.util.Arrays.copyOfRange(values, from, to);
  }
}
