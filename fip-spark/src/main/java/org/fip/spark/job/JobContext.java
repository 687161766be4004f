package org.fip.spark.job;

import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.data.EncodedExamples;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;
import org.fip.spark.manifold.WorkersFactory;

/**
 * What a job needs from outside.
 *
 * @param hadoop how file systems are reached
 * @param workers where the workers come from; asking for the first ones may start Spark
 * @param progress is told how the job goes on
 * @param data where the examples of a selection come from
 */
public record JobContext(
    Configuration hadoop,
    WorkersFactory workers,
    ProgressListener progress,
    Function<DataSelector, EncodedExamples> data) {

  /** A job that reads its data itself. */
  public JobContext(Configuration hadoop, WorkersFactory workers, ProgressListener progress) {
    this(hadoop, workers, progress, selector -> DataSets.read(selector, hadoop));
  }
}
