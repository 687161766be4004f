package org.fip.spark.manifold;

/**
 * How workers are set up.
 *
 * @param seed of the order in which shards draw their examples
 * @param shards how many parts the data is divided into, or null for one per executor core
 * @param memory bytes that each executor may hold in activations
 */
public record WorkersSettings(long seed, Integer shards, long memory) {
  /** What an executor may hold in activations unless it is told otherwise: 2 GiB. */
  public static final long MEMORY = 2L << 30;

  /** Whatever can be left open. */
  public static final WorkersSettings DEFAULT = new WorkersSettings(0, null, MEMORY);

  /** The same with that many parts. */
  public WorkersSettings withShards(Integer parts) {
    return new WorkersSettings(seed, parts, memory);
  }
}
