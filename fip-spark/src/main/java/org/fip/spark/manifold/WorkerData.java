package org.fip.spark.manifold;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.fip.core.manifold.ShardData;
import org.fip.core.manifold.WorkerSpec;

/**
 * What one worker of a run is built from.
 *
 * @param spec what the workers of the run have in common
 * @param first index of the worker's first shard
 * @param shards for each of its shards, its part of each data set by name
 */
record WorkerData(WorkerSpec spec, int first, List<Map<String, ShardData>> shards)
    implements Serializable {}
