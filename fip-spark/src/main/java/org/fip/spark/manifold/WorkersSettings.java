package org.fip.spark.manifold;

import org.fip.core.manifold.Wire;

/**
 * How workers are set up.
 *
 * @param seed of the order in which shards draw their examples
 * @param shards how many parts the data is divided into, or null for one per executor core
 * @param memory bytes that each executor may hold in activations
 * @param communication where the steps of a path are taken
 * @param wire how shares travel
 */
public record WorkersSettings(
    long seed, Integer shards, long memory, Communication communication, Wire wire) {
  /** What an executor may hold in activations unless it is told otherwise: 2 GiB. */
  public static final long MEMORY = 2L << 30;

  /** Whatever can be left open. */
  public static final WorkersSettings DEFAULT = new WorkersSettings(0, null, MEMORY);

  /** With what is not said left open. */
  public WorkersSettings(long seed, Integer shards, long memory) {
    this(seed, shards, memory, Communication.AUTO, Wire.FLOAT32);
  }

  /** The same with that many parts. */
  public WorkersSettings withShards(Integer parts) {
    return new WorkersSettings(seed, parts, memory, communication, wire);
  }
}
