package org.fip.core.bench;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.geometry.Linearization;
import org.fip.core.geometry.Metric;

/**
 * How much memory each product takes at its peak, beside the gradient. Each is measured in a
 * process of its own: what it holds at most (the kernel's high-water mark) less what it held
 * before, with the network, the direction and the inputs there already. {@code estimate} is what
 * the memory budget of a shard counts for the batch.
 *
 * <p>Arguments: {@code --only KEY,KEY} (all but the small networks), {@code --out FILE}.
 */
public final class MemoryBench {
  private static final String CHILD = "--child";
  private static final List<String> LARGE = List.of("resnet20", "resnet50", "vit", "bert");
  private static final double MEGABYTE = 1 << 20;

  private MemoryBench() {}

  /** Measures and prints JSON. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> arguments = List.of(args);
    if (arguments.contains(CHILD)) {
      child(arguments.get(1), arguments.get(2));
      return;
    }
    int filter = arguments.indexOf("--only");
    List<String> only = filter < 0 ? LARGE : List.of(arguments.get(filter + 1).split(",", -1));
    ObjectNode result = Environment.JSON.createObjectNode();
    result.set("environment", Environment.describe());
    ObjectNode networks = result.putObject("megabytes");
    for (BenchCase at : BenchCase.ALL) {
      if (only.contains(at.key())) {
        networks.set(at.title(), measure(at));
      }
    }
    Environment.publish(result, arguments);
  }

  private static ObjectNode measure(BenchCase at) throws IOException, InterruptedException {
    ObjectNode node = Environment.JSON.createObjectNode();
    double gradient = 0;
    for (String operation : List.of("gradient", "Gv fresh", "Gv kept")) {
      double[] numbers = run(at.key(), operation);
      gradient = operation.equals("gradient") ? numbers[0] : gradient;
      node.put("weights", Math.round(numbers[1]));
      node.put("estimate", Math.round(numbers[2]));
      node.putObject(operation)
          .put("peak", Math.round(numbers[0]))
          .put("gradients", Math.round(100 * numbers[0] / gradient) / 100d);
    }
    return node;
  }

  private static double[] run(String key, String operation)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            MemoryBench.class.getName(),
            CHILD,
            key,
            operation));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(key + ", " + operation + ": exit " + process.exitValue());
    }
    String[] words = output.split(" ", -1);
    return new double[] {
      Double.parseDouble(words[0]), Double.parseDouble(words[1]), Double.parseDouble(words[2])
    };
  }

  private static void child(String key, String operation) throws IOException {
    BenchCase at =
        BenchCase.ALL.stream().filter(c -> c.key().equals(key)).findFirst().orElseThrow();
    try (BenchPoint point = new BenchPoint(at)) {
      Map<String, Runnable> operations = new LinkedHashMap<>();
      operations.put("gradient", () -> within(point, point::gradient));
      operations.put("Gv fresh", () -> within(point, s -> fresh(point, s)));
      operations.put("Gv kept", () -> within(point, s -> kept(point, s)));
      // Writing 5 sets the high-water mark to what is held now.
      Files.writeString(Path.of("/proc/self/clear_refs"), "5");
      double before = Environment.residentMegabytes();
      operations.get(operation).run();
      double peak = Environment.peakMegabytes() - before;
      double weights = point.layout.size() * (double) Float.BYTES / MEGABYTE;
      System.out.println(peak + " " + weights + " " + point.estimatedBytes() / MEGABYTE);
    }
  }

  private interface Use {
    void accept(NDManager scope);
  }

  private static void within(BenchPoint point, Use use) {
    try (NDManager scope = point.manager.newSubManager()) {
      use.accept(scope);
    }
  }

  private static void fresh(BenchPoint at, NDManager scope) {
    at.program.metricProduct(
        scope, Metric.EUCLIDEAN, at.weights, at.constants, at.inputs, at.direction);
  }

  private static void kept(BenchPoint at, NDManager scope) {
    try (Linearization kept = at.linearize()) {
      for (int product = 0; product < 2; product++) {
        try (NDManager own = scope.newSubManager()) {
          kept.metricProduct(own, Metric.EUCLIDEAN, at.direction);
        }
      }
    }
  }
}
