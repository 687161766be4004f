package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.path.Walk;
import org.fip.core.path.Waypoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An executor that dies in the middle of a walk costs time, and nothing else. */
class LostExecutorTest {
  private static final long SEED = 7;
  private static final int KILLED_AT = 5;
  private static final int REPLACED_BY = 9;

  private final Journal journal = new Journal();
  private SparkContext spark;

  /** Which executors came, and which of them finished tasks. */
  private static final class Journal extends SparkListener {
    final Set<String> finished = ConcurrentHashMap.newKeySet();
    final CountDownLatch three = new CountDownLatch(3);

    @Override
    public void onExecutorAdded(SparkListenerExecutorAdded event) {
      three.countDown();
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
      if (event.taskInfo().successful()) {
        finished.add(event.taskInfo().executorId());
      }
    }
  }

  @BeforeEach
  void start() {
    spark = new SparkContext(TestSpark.conf(TestSpark.CLUSTER));
    spark.addSparkListener(journal);
  }

  @AfterEach
  void stop() {
    spark.stop();
  }

  /** Shares come with the answers, or over connections, of which one breaks. */
  @ParameterizedTest
  @CsvSource({"GEODESIC, 1048576", "GEODESIC, 1", "SPARSE, 1048576", "SPARSE, 1"})
  void walkEndsAtTheSameBits(TinyWalk walk, int withAnswer) {
    var network = TinyWalk.network().definition();
    WorkerSpec spec = new WorkerSpec(network, 2, SEED, WorkersSettings.MEMORY);
    Waypoint expected =
        walk.run(
            new LocalWorkers(spec, TinyWalk.data(), Device.cpu()),
            new NoStore(),
            new Walk.Listener() {});
    SparkWorkers workers =
        new SparkWorkers(
            spark,
            network,
            new WorkersSettings(SEED, null, WorkersSettings.MEMORY),
            TinyWalk.data(),
            1 << 20,
            withAnswer);
    assertEquals(Set.of("0", "1"), finished(), "executors with a worker");
    Waypoint actual = walk.run(workers, new NoStore(), new Killing(processes().get("0")));
    assertArrayEquals(expected.state().weights(), actual.state().weights());
    assertEquals(Set.of("0", "1", "2"), finished(), "executors that took part");
  }

  private Set<String> finished() {
    catchUp();
    return Set.copyOf(journal.finished);
  }

  private void catchUp() {
    try {
      spark.listenerBus().waitUntilEmpty();
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** The process of each executor. */
  private Map<String, Long> processes() {
    Map<String, Long> processes = new ConcurrentHashMap<>();
    while (processes.size() < 2) {
      JavaSparkContext.fromSparkContext(spark)
          .parallelize(List.of(1, 2), 2)
          .map(i -> SparkEnv.get().executorId() + " " + ProcessHandle.current().pid())
          .collect()
          .forEach(
              line -> {
                int space = line.indexOf(' ');
                processes.put(line.substring(0, space), Long.valueOf(line.substring(space + 1)));
              });
    }
    return processes;
  }

  /** Kills a process at one step, and at another waits for the executor that replaces it. */
  private final class Killing implements Walk.Listener {
    private final long process;

    Killing(long process) {
      this.process = process;
    }

    @Override
    public void stepped(long step, double objective) {
      if (step == KILLED_AT) {
        assertTrue(ProcessHandle.of(process).orElseThrow().destroyForcibly());
      }
      if (step == REPLACED_BY) {
        try {
          assertTrue(journal.three.await(60, TimeUnit.SECONDS), "no third executor came");
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        catchUp();
      }
    }
  }
}
