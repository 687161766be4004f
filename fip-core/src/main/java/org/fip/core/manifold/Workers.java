package org.fip.core.manifold;

import java.util.List;

/**
 * Where sums over examples are computed: each worker holds some shards of the data, and a round
 * gives the same task to all of them. This is all that a walk asks of the machines it runs on.
 *
 * <p>Not safe for several threads; one walk owns its workers.
 */
public interface Workers extends AutoCloseable {

  /** Makes a copy of the vector readable by the workers, until it is withdrawn. */
  Published publish(float[] vector);

  /** Forgets a vector and whatever the workers keep under its number. */
  void withdraw(Published vector);

  /**
   * Runs the task on every shard and adds the shares in the order of the shards.
   *
   * @param vectors what the task reads, by position
   * @throws org.fip.core.FipException when a share cannot be computed
   */
  Partial round(ShardTask task, List<Published> vectors);

  /** What has been communicated so far. */
  Traffic traffic();

  /** Gives up the workers and their memory. */
  @Override
  void close();
}
