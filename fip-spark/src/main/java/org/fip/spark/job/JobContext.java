package org.fip.spark.job;

import org.apache.hadoop.conf.Configuration;
import org.fip.spark.manifold.WorkersFactory;

/**
 * What a job needs from outside.
 *
 * @param hadoop how file systems are reached
 * @param workers where the workers come from; asking for the first ones may start Spark
 * @param progress is told how the job goes on
 */
public record JobContext(Configuration hadoop, WorkersFactory workers, ProgressListener progress) {}
