package org.fip.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/**
 * How much faster two executors are than one: the same exploration through the launcher, as a user
 * runs it, on one and on two executors of one core, in turn. The 32 paths of
 * deploy/recipes/mnist-fashion-explore.yaml, all of them walked to their ends.
 */
public final class ExploreBench {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ExploreBench() {}

  /** Arguments: checkout, folder for stores, folder that holds the data, repetitions, steps. */
  public static void main(String[] arguments) throws Exception {
    Path work = Files.createDirectories(Path.of(arguments[1]));
    int repetitions = Integer.parseInt(arguments[3]);
    Map<Integer, List<double[]>> times = new LinkedHashMap<>();
    for (int repetition = 0; repetition < repetitions; repetition++) {
      for (int executors : new int[] {1, 2}) {
        Path store = work.resolve("executors-" + executors);
        FileUtils.deleteDirectory(store.toFile());
        long begun = System.nanoTime();
        JsonNode result =
            explore(Path.of(arguments[0]), Path.of(arguments[2]), store, arguments[4], executors);
        double[] seconds = {
          (System.nanoTime() - begun) / 1e9, result.path("seconds").asDouble(), walking(store)
        };
        times.computeIfAbsent(executors, key -> new ArrayList<>()).add(seconds);
        System.err.printf(
            Locale.ROOT,
            "%d executors: command %.1f s, job %.1f s, from the first path's end to the last's"
                + " %.1f s%n",
            executors,
            seconds[0],
            seconds[1],
            seconds[2]);
      }
    }
    ObjectNode report = JSON.createObjectNode();
    report.put("commit", System.getProperty("fip.commit"));
    report.put("cores", Runtime.getRuntime().availableProcessors());
    report.put("jdk", Runtime.version().toString());
    report.put("steps", Integer.parseInt(arguments[4]));
    String[] parts = {"command", "job", "firstToLastPath"};
    for (int part = 0; part < parts.length; part++) {
      ObjectNode row = report.putObject(parts[part]);
      ArrayNode ratios = row.putArray("ratios");
      for (int repetition = 0; repetition < repetitions; repetition++) {
        ratios.add(times.get(2).get(repetition)[part] / times.get(1).get(repetition)[part]);
      }
      row.put("medianSecondsOne", median(times.get(1), part));
      row.put("medianSecondsTwo", median(times.get(2), part));
      row.put("ratioOfMedians", median(times.get(2), part) / median(times.get(1), part));
    }
    System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report));
  }

  private static double median(List<double[]> times, int part) {
    double[] sorted = times.stream().mapToDouble(t -> t[part]).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** Seconds from when the first path has ended until the last one has. */
  private static double walking(Path store) throws IOException {
    try (Stream<Path> points = Files.list(store.resolve("points"))) {
      List<Long> ends =
          points
              .filter(file -> file.toString().endsWith(".json"))
              .map(file -> file.toFile().lastModified())
              .sorted(Comparator.naturalOrder())
              .toList();
      return (ends.get(ends.size() - 1) - ends.get(0)) / 1e3;
    }
  }

  private static JsonNode explore(Path root, Path data, Path store, String steps, int executors)
      throws IOException, InterruptedException {
    List<String> spark =
        List.of("--master", "local-cluster[" + executors + ",1,2048]", "--executor-memory", "2g");
    return new Launcher(root, store.getParent(), spark)
        .run(
            "explore",
            "mnist-fashion-explore",
            List.of(
                "output=" + store,
                "network=" + data.resolve("models/lenet300100_dense_mnist"),
                "keep.0.path=" + data.resolve("mnist"),
                "tasks.0.train.path=" + data.resolve("fashion_mnist"),
                "evaluate.mnist.path=" + data.resolve("mnist"),
                "evaluate.fashion.path=" + data.resolve("fashion_mnist"),
                "explore.halving.rungs=1",
                "path.steps=" + steps));
  }
}
