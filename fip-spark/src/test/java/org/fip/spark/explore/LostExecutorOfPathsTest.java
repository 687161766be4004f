package org.fip.spark.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.manifold.SparkSetup;
import org.fip.spark.recipe.Exploration;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.RecipeSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An executor that dies while it walks a path costs time, and no point. */
class LostExecutorOfPathsTest {
  private static final String RECIPE =
      """
      keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3, 4], limit: 20}]
      tasks: [{name: new, train: {path: 'builtin:digits', labels: [5, 6, 7, 8, 9]}}]
      evaluate: {new: {path: 'builtin:digits', split: test, labels: [5, 6, 7, 8, 9]}}
      path: {batch: 16, anchorBatch: 16, checkpointEvery: 100, measureEvery: 100,
             widening: {shift: 0}}
      explore: {grid: {seed: [0, 1], path.steps: [20, 400]}}
      """;

  @TempDir private Path temporary;

  /** Kills the executor that is still walking its first path when another has ended one. */
  private static final class Killer extends SparkListener {
    private final Map<String, Long> processes;
    private volatile boolean killed;

    Killer(Map<String, Long> processes) {
      this.processes = processes;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
      if (!killed) {
        killed = true;
        processes.forEach(
            (executor, process) -> {
              if (!executor.equals(event.taskInfo().executorId())) {
                ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
              }
            });
      }
    }
  }

  @Test
  void noPointIsLost() throws IOException {
    saveStart();
    SparkContext spark = new SparkContext(conf());
    try {
      Map<String, Long> processes = processes(spark);
      Killer killer = new Killer(processes);
      spark.addSparkListener(killer);
      JobContext context =
          new JobContext(
              new Configuration(),
              (network, settings, data) -> {
                throw new AssertionError("paths have workers of their own");
              },
              ProgressListener.NONE);
      JsonNode result = new ExploreJob(spark, context, exploration()).run().toJson();
      assertTrue(killer.killed);
      assertEquals(4, result.path("finished").asInt(), result.toString());
      int attempts = 0;
      for (JsonNode point : result.path("points")) {
        attempts += point.path("attempts").asInt();
      }
      assertEquals(5, attempts, result.toString());
    } finally {
      spark.stop();
    }
  }

  private static SparkConf conf() {
    return SparkSetup.complete(
        new SparkConf(false)
            .setMaster("local-cluster[2,1,1024]")
            .setAppName("test")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path")));
  }

  private Exploration exploration() {
    return Exploration.resolve(
        new RecipeSource("test.yaml", RECIPE),
        Map.of(),
        List.of("output=" + temporary.resolve("explored"), "network=" + temporary.resolve("net")),
        NetworkKind.Lookup.PLAIN);
  }

  private void saveStart() throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode config =
        json.readTree(
            """
            {"architectures": ["LeNet300100"], "input_shape": [1, 8, 8],
             "hidden_sizes": [20, 10], "num_labels": 5}
            """);
    JsonNode preprocessor =
        json.readTree(
            """
            {"do_resize": false, "do_rescale": true, "rescale_factor": 0.0625,
             "do_normalize": false}
            """);
    Network.initialize(new NetworkConfig(config, "test"), preprocessor, 7)
        .save(new LocalFolder(temporary.resolve("net")));
  }

  /** The process of each of two executors. */
  private static Map<String, Long> processes(SparkContext spark) {
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
}
