package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Published;
import org.fip.core.manifold.Shard;
import org.fip.core.manifold.ShardTask;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.Vectors;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.manifold.Workers;
import org.fip.core.path.Walk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;

/**
 * An executor so slow that Spark computes its shares a second time elsewhere. That needs two hosts,
 * which here are two addresses of loopback.
 */
class SlowExecutorTest {
  private static final long SEED = 7;
  private static final String SLOW = "1";
  private static final int EVERY = 6;
  private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(2);

  @TempDir private Path folder;

  private final List<RpcEnv> cluster = new ArrayList<>();
  private SparkContext spark;

  @BeforeEach
  void start() {
    SparkConf conf = TestSpark.conf("spark://127.0.0.1");
    RpcEnv master = Master.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)._1();
    cluster.add(master);
    String url = "spark://" + master.address().hostPort();
    for (int i = 0; i < 2; i++) {
      cluster.add(
          Worker.startRpcEnvAndEndpoint(
              "127.0.0." + (2 + i),
              0,
              0,
              1,
              1024,
              new String[] {url},
              folder.resolve("work").toString(),
              Option.apply(i),
              conf,
              Option.empty()));
    }
    spark =
        new SparkContext(
            conf.setMaster(url)
                .set("spark.executor.memory", "1g")
                .set("spark.executor.instances", "2")
                .set("spark.locality.wait", "0")
                .set("spark.speculation", "true")
                .set("spark.speculation.interval", "20ms")
                .set("spark.speculation.minTaskRuntime", "20ms")
                .set("spark.speculation.multiplier", "1.01")
                .set("spark.speculation.quantile", "0.5"));
  }

  @AfterEach
  void stop() {
    spark.stop();
    cluster.forEach(RpcEnv::shutdown);
    cluster.forEach(RpcEnv::awaitTermination);
  }

  /** A task that one executor does not end before another one has computed it a second time. */
  private record SlowTask(ShardTask task, String marker) implements ShardTask {
    private static final Map<String, AtomicInteger> RUNS = new ConcurrentHashMap<>();

    @Override
    public Partial run(Shard shard, Vectors vectors) {
      Partial share = task.run(shard, vectors);
      Path copied = Path.of(marker);
      if (SparkEnv.get().executorId().equals(SLOW)) {
        long begun = System.nanoTime();
        while (!Files.exists(copied)) {
          if (System.nanoTime() - begun > LIMIT_NANOS) {
            throw new IllegalStateException("nobody else has computed it");
          }
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
      } else if (RUNS.computeIfAbsent(marker, m -> new AtomicInteger()).incrementAndGet() == 2) {
        try {
          Files.createFile(copied);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return share;
    }
  }

  @Test
  void copiesOfItsTasksChangeNoBit() {
    var network = TinyWalk.network().definition();
    WorkerSpec spec = new WorkerSpec(network, 2, SEED, WorkersSettings.MEMORY);
    float[] expected = walk(new LocalWorkers(spec, TinyWalk.data(), Device.cpu()));
    AtomicInteger copies = new AtomicInteger();
    spark.addSparkListener(
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd event) {
            copies.addAndGet(event.taskInfo().speculative() ? 1 : 0);
          }
        });
    Workers workers =
        new SparkWorkers(
            spark, network, new WorkersSettings(SEED, 2, WorkersSettings.MEMORY), TinyWalk.data());
    AtomicInteger slowed = new AtomicInteger();
    float[] actual =
        walk(
            new InterceptedWorkers(
                workers, (number, task, vectors, on) -> round(number, task, vectors, on, slowed)));
    assertArrayEquals(expected, actual);
    assertTrue(slowed.get() > 3, slowed + " rounds");
    assertTrue(copies.get() >= slowed.get(), copies + " copies in " + slowed + " rounds");
    System.out.printf(
        "slow executor: %d rounds, %d speculative copies, 0 wrong results%n",
        slowed.get(), copies.get());
  }

  private Partial round(
      long number, ShardTask task, List<Published> vectors, Workers workers, AtomicInteger slowed) {
    if (number % EVERY != 0) {
      return workers.round(task, vectors);
    }
    slowed.incrementAndGet();
    String marker = folder.resolve("copied-" + number).toString();
    return workers.round(new SlowTask(task, marker), vectors);
  }

  private static float[] walk(Workers workers) {
    return TinyWalk.GEODESIC.run(workers, new NoStore(), new Walk.Listener() {}).state().weights();
  }
}
