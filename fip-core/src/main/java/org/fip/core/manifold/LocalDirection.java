package org.fip.core.manifold;

/**
 * The mean of what shards found on their own.
 *
 * @param vector theta, mean of the shards' solutions by their examples, length P
 * @param predicted the mean of theta_s^T G_s theta_s, each on the shard's own examples: with more
 *     shards than one this is not theta^T G theta
 */
@SuppressWarnings("ArrayRecordComponent")
public record LocalDirection(float[] vector, double predicted) {}
