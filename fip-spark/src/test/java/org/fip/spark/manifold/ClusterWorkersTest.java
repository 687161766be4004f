package org.fip.spark.manifold;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Workers;
import org.fip.core.manifold.WorkersContract;
import org.fip.core.network.NetworkDefinition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on two executors that are processes of their own: two workers. */
class ClusterWorkersTest extends WorkersContract {
  private static SparkContext spark;

  @BeforeAll
  static void start() {
    spark = TestSpark.start(TestSpark.CLUSTER);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Override
  protected Workers open(
      NetworkDefinition network, long seed, int shards, Map<String, EncodedExamples> data) {
    return new SparkWorkers(
        spark, network, new WorkersSettings(seed, shards, WorkersSettings.MEMORY), data);
  }

  @Override
  protected int workers(int shards) {
    return Math.min(shards, 2);
  }
}
