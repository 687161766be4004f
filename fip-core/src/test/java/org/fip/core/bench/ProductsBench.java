package org.fip.core.bench;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.geometry.Linearization;
import org.fip.core.geometry.Metric;

/**
 * What each product costs as a multiple of the forward pass. The operations take turns, so that a
 * busy machine slows all of them alike, and each is given by the median of its processor time.
 *
 * <p>Arguments: {@code --rounds N} (400), {@code --out FILE}.
 */
public final class ProductsBench {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private ProductsBench() {}

  /** Measures and prints JSON. */
  public static void main(String[] args) throws IOException {
    List<String> arguments = List.of(args);
    int option = arguments.indexOf("--rounds");
    int rounds = option < 0 ? 400 : Integer.parseInt(arguments.get(option + 1));
    ObjectNode result = Environment.JSON.createObjectNode();
    result.set("environment", Environment.describe());
    ObjectNode products = result.putObject("products");
    products.set("LeNet-300-100, batch 256", measure(BenchPoint.PERCEPTRON, 256, rounds));
    products.set("LeNet-5, batch 64", measure(BenchPoint.CONVOLUTIONAL, 64, rounds));
    Environment.publish(result, arguments);
  }

  /** One product; what it leaves in the scope is closed afterwards. */
  private interface Operation {
    void run(NDManager scope);
  }

  private static ObjectNode measure(String config, int batch, int rounds) {
    Map<String, double[]> times = new LinkedHashMap<>();
    try (BenchPoint point = new BenchPoint(config, batch);
        Linearization kept = point.linearize()) {
      Map<String, Operation> operations = operations(point, kept);
      for (int round = -rounds / 4; round < rounds; round++) {
        for (Map.Entry<String, Operation> operation : operations.entrySet()) {
          long start = THREADS.getCurrentThreadCpuTime();
          try (NDManager scope = point.manager.newSubManager()) {
            operation.getValue().run(scope);
          }
          long time = THREADS.getCurrentThreadCpuTime() - start;
          if (round >= 0) {
            times.computeIfAbsent(operation.getKey(), key -> new double[rounds])[round] = time;
          }
        }
      }
    }
    return summary(times);
  }

  private static Map<String, Operation> operations(BenchPoint at, Linearization kept) {
    Map<String, Operation> operations = new LinkedHashMap<>();
    operations.put("forward", s -> at.program.logits(s, at.weights, at.constants, at.inputs));
    operations.put("gradient", at::gradient);
    operations.put("linearize", s -> at.linearize().close());
    operations.put("Jv kept", s -> kept.jv(s, at.direction));
    operations.put("JTu kept", s -> kept.jtu(s, at.cotangents));
    for (Metric metric : Metric.values()) {
      String name = "Gv " + metric.name().toLowerCase(java.util.Locale.ROOT);
      operations.put(name + " kept", s -> kept.metricProduct(s, metric, at.direction));
      operations.put(
          name + " fresh",
          s ->
              at.program.metricProduct(
                  s, metric, at.weights, at.constants, at.inputs, at.direction));
    }
    return operations;
  }

  private static ObjectNode summary(Map<String, double[]> times) {
    double forward = median(times.get("forward"));
    double gradient = median(times.get("gradient"));
    ObjectNode node = Environment.JSON.createObjectNode();
    times.forEach(
        (name, values) -> {
          ObjectNode entry = node.putObject(name);
          entry.put("milliseconds", round(median(values) / 1e6));
          entry.put("forwards", round(median(values) / forward));
          entry.put("gradients", round(median(values) / gradient));
        });
    return node;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000d;
  }
}
