package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Shard;
import org.fip.core.manifold.ShardTask;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.Vectors;
import org.fip.core.manifold.Wire;
import org.fip.core.manifold.WorkerSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag$;

/** Attempts of one task that meet in one process. */
class WorkerHostTest {
  private static final String RUN = "run";
  private static SparkContext spark;
  private static Broadcast<WorkerData> data;

  /** How many shards compute now, and how many did at most. */
  private static final AtomicInteger COMPUTING = new AtomicInteger();

  private static final AtomicInteger MOST = new AtomicInteger();

  /** What a task that waits is told. */
  private static volatile CountDownLatch started;

  private static volatile CountDownLatch release;

  @BeforeAll
  static void start() {
    spark = TestSpark.start("local[1]");
    WorkerSpec spec = new WorkerSpec(TinyWalk.network().definition(), 1, 1, 1L << 20);
    data =
        spark.broadcast(
            new WorkerData(spec, 0, spec.divide(TinyWalk.data())),
            ClassTag$.MODULE$.apply(WorkerData.class));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @AfterEach
  void close() {
    WorkerHost.close(RUN);
  }

  private record Watch() implements ShardTask {
    @Override
    public Partial run(Shard shard, Vectors vectors) {
      MOST.accumulateAndGet(COMPUTING.incrementAndGet(), Math::max);
      LockSupport.parkNanos(100_000);
      COMPUTING.decrementAndGet();
      return Partial.of(1);
    }
  }

  private record Wait() implements ShardTask {
    @Override
    public Partial run(Shard shard, Vectors vectors) {
      COMPUTING.incrementAndGet();
      started.countDown();
      boolean waiting = true;
      while (waiting) {
        try {
          release.await();
          waiting = false;
        } catch (InterruptedException e) {
          // Native code does not notice either.
        }
      }
      COMPUTING.decrementAndGet();
      return Partial.of(1);
    }
  }

  private record Defect() implements ShardTask {
    @Override
    public Partial run(Shard shard, Vectors vectors) {
      throw new IllegalStateException("a defect");
    }
  }

  private static final int BLOCK = 100;

  private static WorkerTask round(long round, ShardTask task) {
    return new WorkerTask(
        RUN,
        round,
        task,
        List.of(),
        new long[0],
        List.of(data),
        new String[] {"driver"},
        Wire.FLOAT32,
        BLOCK,
        null);
  }

  private static double run(long round, ShardTask task) {
    return WorkerHost.of(RUN, 0).run(round(round, task), data).sums()[0];
  }

  @Test
  void attemptsTakeTurnsAndAllAnswer() throws Exception {
    MOST.set(0);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Double>> attempts = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        attempts.add(threads.submit(() -> run(0, new Watch())));
      }
      for (Future<Double> attempt : attempts) {
        assertEquals(1, attempt.get());
      }
    } finally {
      threads.shutdown();
    }
    assertEquals(1, MOST.get(), "tasks at once on one shard");
  }

  @Test
  void anAttemptThatALaterRoundHasOvertakenGivesUp() {
    run(5, new Watch());
    FipException failure = assertThrows(FipException.class, () -> run(4, new Watch()));
    assertEquals(Category.TEMPORARY, failure.category());
    assertEquals(1, run(5, new Watch()));
  }

  @Test
  void anInterruptedAttemptReturnsWhenItsShardHasEnded() throws Exception {
    started = new CountDownLatch(1);
    release = new CountDownLatch(1);
    List<Integer> computing = new ArrayList<>();
    Thread attempt =
        new Thread(
            () -> {
              run(0, new Wait());
              computing.add(COMPUTING.get());
            });
    attempt.start();
    started.await();
    attempt.interrupt();
    while (attempt.isInterrupted()) {
      Thread.onSpinWait();
    }
    assertTrue(attempt.isAlive());
    release.countDown();
    attempt.join();
    assertEquals(List.of(0), computing, "shards that compute after their task has returned");
  }

  @Test
  void aDefectLeavesAWorkerThatStartsAnew() {
    assertThrows(RuntimeException.class, () -> run(0, new Defect()));
    assertEquals(1, run(0, new Watch()));
  }

  @Test
  void workersThatLiveElsewhereAreClosed() {
    WorkerHost here = WorkerHost.of(RUN, 0);
    WorkerHost moved = WorkerHost.of(RUN, 1);
    WorkerHost other = WorkerHost.of("other run", 1);
    WorkerHost.retain(RUN, Set.of(0));
    assertSame(here, WorkerHost.of(RUN, 0));
    assertNotSame(moved, WorkerHost.of(RUN, 1));
    assertSame(other, WorkerHost.of("other run", 1));
    WorkerHost.close("other run");
  }
}
