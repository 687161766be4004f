package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One executor with three cores and two simulated GPUs. */
class DeviceStageTest {
  private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(2);

  @TempDir private Path folder;

  /** Says which GPU it holds, until it is told to let go. */
  private record Holder(String folder, String name) implements TaskPool.Work {
    @Override
    public String run() {
      String gpus = String.join(",", Devices.addresses());
      try {
        Files.createFile(Path.of(folder, name));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      await(Path.of(folder, "release"));
      return gpus;
    }
  }

  private static void await(Path file) {
    long begun = System.nanoTime();
    while (!Files.exists(file)) {
      assertTrue(System.nanoTime() - begun < LIMIT_NANOS, () -> file + " does not come");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  @Test
  void otherStagesRunWhileAllGpusAreHeld() throws Exception {
    try (JavaSparkContext spark = new JavaSparkContext(new SparkContext(conf()));
        TaskPool<String> pool = new TaskPool<>(spark.sc())) {
      assertEquals(2, pool.slots());
      for (String name : List.of("first", "second")) {
        pool.submit(name, new Holder(folder.toString(), name));
        await(folder.resolve(name));
      }
      pool.submit("third", new Holder(folder.toString(), "third"));
      List<Integer> prepared =
          spark
              .parallelize(List.of(1, 2), 2)
              .map(i -> i + Devices.addresses().length)
              .collectAsync()
              .get(2, TimeUnit.MINUTES);
      assertEquals(List.of(1, 2), prepared);
      assertFalse(Files.exists(folder.resolve("third")), "a GPU is shared");
      Files.createFile(folder.resolve("release"));
      List<String> held = new ArrayList<>();
      while (pool.running() > 0) {
        Optional<TaskPool.Ended<String>> ended = pool.next(1000);
        ended.ifPresent(task -> held.add(task.answer().orElseThrow()));
      }
      assertEquals(3, held.size());
      assertEquals(Set.of("0", "1"), Set.copyOf(held));
    }
  }

  private SparkConf conf() throws IOException {
    Path script = folder.resolve("gpus.sh");
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"0\", \"1\"]}'\n");
    assertTrue(script.toFile().setExecutable(true));
    return TestSpark.conf("local-cluster[1,3,1024]")
        .set("spark.worker.resource.gpu.amount", "2")
        .set("spark.worker.resource.gpu.discoveryScript", script.toString())
        .set("spark.executor.resource.gpu.amount", "2");
  }

  @Test
  void asManyTasksAtOnceAsCoresAndGpusAllow() {
    SparkConf conf = new SparkConf(false);
    assertEquals(4, DeviceStage.slots(conf, 4));
    assertEquals(2, DeviceStage.slots(conf.set("spark.task.cpus", "2"), 4));
    conf.set("spark.executor.resource.gpu.amount", "1");
    assertEquals(1, DeviceStage.slots(conf, 4));
    conf.set("spark.task.resource.gpu.amount", "0.5");
    assertEquals(2, DeviceStage.slots(conf, 8));
    conf.set("spark.executor.resource.gpu.amount", "4");
    assertEquals(4, DeviceStage.slots(conf, 8));
    assertEquals(2, DeviceStage.slots(conf.set("spark.task.resource.gpu.amount", "2"), 8));
  }
}
