package org.fip.core.bench;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fip.core.geometry.Linearization;
import org.fip.core.geometry.Metric;

/**
 * What each product costs as a multiple of the forward pass, and beside it what the engine's own
 * forward-mode differentiation takes for the same product of the same network. The operations take
 * turns, so that a busy machine slows all of them alike, and each is given by the median of its
 * processor time.
 *
 * <p>Arguments: {@code --rounds N} (400; large networks take a share of them), {@code --only
 * KEY,KEY}, {@code --out FILE}.
 */
public final class ProductsBench {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int FEWEST_ROUNDS = 5;

  private ProductsBench() {}

  /** Measures and prints JSON. */
  public static void main(String[] args) throws IOException {
    List<String> arguments = List.of(args);
    int option = arguments.indexOf("--rounds");
    int rounds = option < 0 ? 400 : Integer.parseInt(arguments.get(option + 1));
    int filter = arguments.indexOf("--only");
    List<String> only = filter < 0 ? List.of() : List.of(arguments.get(filter + 1).split(",", -1));
    ObjectNode result = Environment.JSON.createObjectNode();
    result.set("environment", Environment.describe());
    ObjectNode products = result.putObject("products");
    for (BenchCase at : BenchCase.ALL) {
      if (only.isEmpty() || only.contains(at.key())) {
        int own = Math.max(FEWEST_ROUNDS, (int) (rounds * at.share()));
        products.set(at.title(), measure(at, own));
      }
    }
    Environment.publish(result, arguments);
  }

  /** One product; what it leaves in the scope is closed afterwards. */
  private interface Operation {
    void run(NDManager scope);
  }

  private static ObjectNode measure(BenchCase at, int rounds) {
    Map<String, double[]> times = new LinkedHashMap<>();
    int parameters;
    try (BenchPoint point = new BenchPoint(at);
        ForwardModeReference reference = new ForwardModeReference(point);
        Linearization kept = point.linearize()) {
      parameters = point.layout.size();
      Map<String, Operation> operations = operations(point, kept, reference);
      for (int round = -Math.max(1, rounds / 4); round < rounds; round++) {
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
    return summary(times, parameters, rounds);
  }

  private static Map<String, Operation> operations(
      BenchPoint at, Linearization kept, ForwardModeReference reference) {
    Map<String, Operation> operations = new LinkedHashMap<>();
    operations.put("forward", s -> at.program.logits(s, at.weights, at.constants, at.inputs));
    operations.put("gradient", at::gradient);
    operations.put("linearize", s -> at.linearize().close());
    operations.put("Jv kept", s -> kept.jv(s, at.direction));
    operations.put("JTu kept", s -> kept.jtu(s, at.cotangents));
    for (Metric metric : Metric.values()) {
      String name = "Gv " + metric.name().toLowerCase(Locale.ROOT);
      operations.put(name + " kept", s -> kept.metricProduct(s, metric, at.direction));
      operations.put(
          name + " fresh",
          s ->
              at.program.metricProduct(
                  s, metric, at.weights, at.constants, at.inputs, at.direction));
    }
    operations.put("reference Jv", reference::jv);
    operations.put("reference Gv", reference::gv);
    return operations;
  }

  private static ObjectNode summary(Map<String, double[]> times, int parameters, int rounds) {
    double forward = median(times.get("forward"));
    double gradient = median(times.get("gradient"));
    double reference = median(times.get("reference Gv"));
    ObjectNode node = Environment.JSON.createObjectNode();
    node.put("parameters", parameters);
    node.put("rounds", rounds);
    times.forEach(
        (name, values) -> {
          ObjectNode entry = node.putObject(name);
          entry.put("milliseconds", round(median(values) / 1e6));
          entry.put("forwards", round(median(values) / forward));
          entry.put("gradients", round(median(values) / gradient));
          entry.put("reference", round(median(values) / reference));
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
