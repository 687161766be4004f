package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.manifold.TinyWalk;
import org.junit.jupiter.api.Test;

class ExecutorPoolTest {
  private static final String STANDALONE = "spark://master:7077";

  @Test
  void settingsTellHowManyExecutorsToWaitFor() {
    SparkConf conf = new SparkConf(false);
    assertEquals(1, ExecutorPool.expected(conf, "local"));
    assertEquals(1, ExecutorPool.expected(conf, "local[*]"));
    assertEquals(3, ExecutorPool.expected(conf, "local-cluster[3,1,1024]"));
    assertEquals(0, ExecutorPool.expected(conf, STANDALONE));
    conf.set("spark.cores.max", "8").set("spark.executor.cores", "4");
    assertEquals(2, ExecutorPool.expected(conf, STANDALONE));
    conf.set("spark.executor.instances", "5");
    assertEquals(5, ExecutorPool.expected(conf, "yarn"));
    conf.set("spark.dynamicAllocation.enabled", "true");
    assertEquals(0, ExecutorPool.expected(conf, "yarn"));
  }

  @Test
  void withDynamicAllocationExecutorsComeBeforeThereIsWork() {
    SparkConf conf =
        TestSpark.conf(TestSpark.CLUSTER)
            .set("spark.dynamicAllocation.enabled", "true")
            .set("spark.dynamicAllocation.shuffleTracking.enabled", "true")
            .set("spark.dynamicAllocation.minExecutors", "0");
    SparkContext spark = new SparkContext(conf);
    try (ExecutorPool pool = new ExecutorPool(spark)) {
      assertFalse(pool.await().isEmpty());
    } finally {
      spark.stop();
    }
  }

  @Test
  void theReasonOfABarrierStageIsWhatHappenedInItsTask() {
    Throwable failure =
        new IllegalStateException(
            "Stage failed because barrier task (97, 1) finished unsuccessfully.\n"
                + "org.fip.core.FipException: no connection\n\tat somewhere");
    assertEquals(
        "Stage failed because barrier task (97, 1) finished unsuccessfully."
            + " org.fip.core.FipException: no connection",
        new SparkJobs.Outcome<>(List.of(), failure).reason());
    assertEquals(
        "one", new SparkJobs.Outcome<>(List.of(), new RuntimeException("one\ntwo")).reason());
  }

  @Test
  void executorsThatNoWorkerCanHoldAreNamedInTime() {
    SparkConf conf =
        TestSpark.conf("local-cluster[1,1,1024]")
            .set("spark.executor.cores", "2")
            .set("spark.scheduler.maxRegisteredResourcesWaitingTime", "1s");
    SparkContext spark = new SparkContext(conf);
    try {
      FipException failure =
          assertThrows(
              FipException.class,
              () ->
                  new SparkWorkers(
                      spark,
                      TinyWalk.network().definition(),
                      WorkersSettings.DEFAULT,
                      TinyWalk.data()));
      assertEquals(Category.TEMPORARY, failure.category());
      assertTrue(failure.getMessage().contains("2 cores"), failure.getMessage());
    } finally {
      spark.stop();
    }
  }
}
