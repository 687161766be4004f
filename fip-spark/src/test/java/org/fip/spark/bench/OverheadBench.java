package org.fip.spark.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.fip.spark.data.DataSelector;
import org.fip.spark.manifold.SparkSetup;
import org.fip.spark.manifold.SparkWorkers;
import org.fip.spark.manifold.TaskPool;

/**
 * What Spark adds to a step: the same loop in this JVM without Spark, as a path of an exploration
 * in a task on an executor, and with a round of Spark's for each step, in turn. An executor of one
 * core is a process of its own.
 */
public final class OverheadBench {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PLAIN = "without Spark";
  private static final String TASK = "in one task";
  private static final String ROUNDS = "a round a step";

  private OverheadBench() {}

  /**
   * Arguments: {@code --data} folder with mnist, fashion_mnist, cifar10 and models, {@code
   * --rounds} how often each is run, {@code --only} networks, {@code --out} file.
   */
  public static void main(String[] arguments) throws Exception {
    Options given = new Options(List.of(arguments));
    String data = given.text("--data", null);
    int repetitions = given.number("--rounds", 5);
    List<String> only = given.several("--only", "lenet300,resnet20");
    SparkConf conf =
        new SparkConf(false)
            .setMaster("local-cluster[1,1,3072]")
            .setAppName("overhead")
            .set("spark.executor.memory", "3072m")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    ObjectNode result = JSON.createObjectNode();
    result.put("commit", System.getProperty("fip.commit"));
    result.put("cores", Runtime.getRuntime().availableProcessors());
    result.put("jdk", Runtime.version().toString());
    ArrayNode measured = result.putArray("measured");
    try (JavaSparkContext spark =
        new JavaSparkContext(new SparkContext(SparkSetup.complete(conf)))) {
      loops(data)
          .forEach(
              (network, loop) -> {
                if (only.contains(network)) {
                  measure(spark, network, loop, repetitions, measured);
                }
              });
    }
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n";
    String file = given.text("--out", null);
    if (file == null) {
      System.out.print(text);
    } else {
      Files.writeString(Path.of(file), text);
    }
  }

  private static Map<String, StepLoop> loops(String data) {
    Map<String, StepLoop> loops = new LinkedHashMap<>();
    loops.put(
        "lenet300",
        new StepLoop(
            data + "/models/lenet300100_dense_mnist",
            DataSelector.of(data + "/mnist", DataSelector.TRAIN).withLimit(50, 0),
            DataSelector.of(data + "/fashion_mnist", DataSelector.TRAIN).withLabelOffset(10),
            128,
            100,
            200));
    loops.put(
        "resnet20",
        new StepLoop(
            data + "/models/resnet20_cifar10",
            DataSelector.of(data + "/cifar10", DataSelector.TEST).withLimit(50, 0),
            DataSelector.of(data + "/cifar10", DataSelector.TEST).withLimit(2000, 1),
            32,
            3,
            12));
    return loops;
  }

  private static void measure(
      JavaSparkContext spark, String network, StepLoop loop, int repetitions, ArrayNode measured) {
    Map<String, List<StepLoop.Times>> times = new LinkedHashMap<>();
    for (int repetition = 0; repetition <= repetitions; repetition++) {
      StepLoop.Times plain = StepLoop.Times.parse(loop.run());
      StepLoop.Times task = inTask(spark.sc(), loop);
      StepLoop.Times rounds = loop.time(SparkWorkers.factory(spark));
      // The first time code is compiled and data are cached.
      if (repetition > 0) {
        times.computeIfAbsent(PLAIN, kind -> new ArrayList<>()).add(plain);
        times.computeIfAbsent(TASK, kind -> new ArrayList<>()).add(task);
        times.computeIfAbsent(ROUNDS, kind -> new ArrayList<>()).add(rounds);
      }
    }
    times.forEach(
        (kind, runs) -> {
          ObjectNode row = measured.addObject().put("network", network).put("kind", kind);
          row.put("medianSecondsPerStep", median(runs));
          row.put(
              "leastSecondsPerStep",
              runs.stream().flatMapToDouble(r -> Arrays.stream(r.steps())).min().orElseThrow());
          row.put("medianRatio", median(runs) / median(times.get(PLAIN)));
          if (!kind.equals(ROUNDS)) {
            // Elsewhere two processes share the work.
            row.put("processorSecondsPerStep", processor(runs, loop));
            row.put("processorRatio", processor(runs, loop) / processor(times.get(PLAIN), loop));
          }
        });
  }

  private static StepLoop.Times inTask(SparkContext spark, StepLoop loop) {
    try (TaskPool<String> pool = new TaskPool<>(spark)) {
      pool.submit("path", loop);
      while (true) {
        Optional<TaskPool.Ended<String>> ended = pool.next(1000);
        if (ended.isPresent()) {
          return StepLoop.Times.parse(ended.get().answer().orElseThrow());
        }
      }
    }
  }

  private static double median(List<StepLoop.Times> runs) {
    double[] all = runs.stream().flatMapToDouble(r -> Arrays.stream(r.steps())).sorted().toArray();
    return all[all.length / 2];
  }

  /** The median over the runs. */
  private static double processor(List<StepLoop.Times> runs, StepLoop loop) {
    double[] all = runs.stream().mapToDouble(StepLoop.Times::processor).sorted().toArray();
    return all[all.length / 2] / loop.steps();
  }
}
