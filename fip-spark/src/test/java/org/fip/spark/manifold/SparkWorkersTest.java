package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.Shard;
import org.fip.core.manifold.ShardTask;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.Vectors;
import org.fip.core.manifold.Workers;
import org.fip.core.manifold.WorkersContract;
import org.fip.core.network.NetworkDefinition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract with Spark in this process: one worker. */
class SparkWorkersTest extends WorkersContract {
  private static SparkContext spark;

  @BeforeAll
  static void start() {
    spark = TestSpark.start("local[2]");
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
    return 1;
  }

  private record Defect() implements ShardTask {
    @Override
    public Partial run(Shard shard, Vectors vectors) {
      throw new IllegalStateException("a defect\nwith more lines");
    }
  }

  @Test
  void aFailureOfATaskIsOneLineAndTheWorkersGoOn() {
    try (Workers workers = open(TinyWalk.network().definition(), 1, 2, TinyWalk.data());
        Manifold manifold = new Manifold(workers, TinyWalk.network().weights());
        Point start = manifold.at(TinyWalk.network().weights())) {
      FipException failure =
          assertThrows(FipException.class, () -> workers.round(new Defect(), List.of()));
      assertEquals(Category.TEMPORARY, failure.category());
      assertTrue(failure.getMessage().contains("a defect"), failure.getMessage());
      assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
      assertEquals(4500, start.evaluate("task").examples());
    }
  }
}
