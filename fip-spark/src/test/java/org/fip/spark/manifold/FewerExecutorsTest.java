package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.NetworkDefinition;
import org.fip.core.path.Itinerary;
import org.fip.core.path.PathState;
import org.fip.core.path.Walk;
import org.fip.core.path.Walker;
import org.fip.core.path.Waypoint;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** A cluster that does not replace an executor which is lost. */
class FewerExecutorsTest {
  private static final long SEED = 7;
  private static final NetworkDefinition NETWORK = TinyWalk.network().definition();
  private static final Walk.Listener NOBODY = new Walk.Listener() {};
  private static final int FIRST = 4;
  private static final int LAST = 8;

  private static PathState start() {
    return new PathState(TinyWalk.network().weights().clone());
  }

  @Test
  void theDriverTakesTheStepsThatAStageHasNoRoomFor() throws Exception {
    Itinerary itinerary = TinyWalk.GEODESIC.itinerary();
    SparkContext spark = TestSpark.start(TestSpark.CLUSTER);
    WorkerSpec spec = new WorkerSpec(NETWORK, 2, SEED, WorkersSettings.MEMORY);
    try (Manifold local =
            new Manifold(
                new LocalWorkers(spec, TinyWalk.data(), Device.cpu()),
                TinyWalk.network().weights());
        SparkWorkers workers =
            new SparkWorkers(
                spark,
                NETWORK,
                new WorkersSettings(SEED, 2, WorkersSettings.MEMORY),
                TinyWalk.data())) {
      Manifold manifold = new Manifold(workers, TinyWalk.network().weights());
      Walker expected = itinerary.on(local, NOBODY);
      Walker walker =
          new StageWalker(
              workers,
              itinerary,
              manifold.reference(),
              itinerary.on(manifold, NOBODY),
              NOBODY,
              Duration.ZERO);
      assertTrue(workers.hasRoomForAll());
      Waypoint first = walker.walk(start(), FIRST);
      Waypoint firstExpected = expected.walk(start(), FIRST);
      assertSame(firstExpected, first);
      killForGood(spark, "1");
      assertFalse(workers.hasRoomForAll());
      assertSame(expected.walk(firstExpected.state(), LAST), walker.walk(first.state(), LAST));
    } finally {
      spark.stop();
    }
  }

  private static void killForGood(SparkContext spark, String executor) throws Exception {
    CountDownLatch removed = new CountDownLatch(1);
    spark.addSparkListener(
        new SparkListener() {
          @Override
          public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
            removed.countDown();
          }
        });
    assertTrue(spark.killExecutors(CollectionConverters.asScala(List.of(executor)).toSeq()));
    assertTrue(removed.await(60, TimeUnit.SECONDS), "the executor is still there");
  }

  private static void assertSame(Waypoint expected, Waypoint actual) {
    assertEquals(expected.step(), actual.step());
    assertArrayEquals(expected.state().weights(), actual.state().weights());
  }
}
