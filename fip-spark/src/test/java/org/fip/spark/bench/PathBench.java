package org.fip.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What paths reach on real data, through the launcher as a user runs it: MNIST to Fashion-MNIST
 * over several seeds beside its baselines, and sparsity by target. Prints Markdown tables and
 * writes all results as JSON.
 */
public final class PathBench {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final Path work;
  private final Path data;
  private final List<String> spark;

  private PathBench(Path root, Path work, Path data, List<String> spark) {
    this.root = root;
    this.work = work;
    this.data = data;
    this.spark = spark;
  }

  /** Arguments: checkout, folder for stores, folder that holds the data, seeds, Spark options. */
  public static void main(String[] arguments) throws Exception {
    PathBench bench =
        new PathBench(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Path.of(arguments[2]),
            Arrays.asList(arguments).subList(4, arguments.length));
    ObjectNode results = JSON.createObjectNode();
    results.set("adapt", bench.adapt(arguments[3].split(",")));
    results.set("sparsify", bench.sparsify("0.95", "0.98"));
    Files.createDirectories(bench.work);
    Path file = bench.work.resolve("results.json");
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(results));
    System.out.println("\nall results: " + file);
  }

  private ArrayNode adapt(String... seeds) throws IOException, InterruptedException {
    ArrayNode results = JSON.createArrayNode();
    Map<String, List<double[]>> byMethod = new LinkedHashMap<>();
    for (String seed : seeds) {
      JsonNode result =
          run(
              "adapt",
              "mnist-fashion",
              "mnist-fashion-" + seed,
              List.of("seed=" + seed, "keep.0.seed=" + seed, data("keep.0.path", "mnist")),
              List.of(
                  data("tasks.0.train.path", "fashion_mnist"),
                  data("evaluate.mnist.path", "mnist"),
                  data("evaluate.fashion.path", "fashion_mnist")));
      results.add(result);
      add(byMethod, "start", result.path("evaluation"), "start");
      add(byMethod, "path (defaults)", result.path("evaluation"), "end");
      result
          .path("baselines")
          .properties()
          .forEach(e -> add(byMethod, e.getKey(), e.getValue().path("evaluation"), null));
    }
    System.out.printf(
        "%n| method, mean of seeds %s | MNIST kept %% | Fashion-MNIST %% |%n|---|--:|--:|%n",
        String.join(", ", seeds));
    byMethod.forEach(
        (method, values) ->
            System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s |%n",
                method,
                meanAndRange(values, 0),
                meanAndRange(values, 1)));
    return results;
  }

  private ArrayNode sparsify(String... targets) throws IOException, InterruptedException {
    ArrayNode results = JSON.createArrayNode();
    StringBuilder table = new StringBuilder("\n| zeros % | MNIST % |\n|--:|--:|\n");
    for (String target : targets) {
      JsonNode result =
          run(
              "sparsify",
              "mnist-sparse",
              "mnist-sparse-" + target,
              List.of("sparsity.target=" + target, data("keep.0.path", "mnist")),
              List.of(data("evaluate.mnist.path", "mnist")));
      results.add(result);
      table.append(
          String.format(
              Locale.ROOT,
              "| %.2f | %.2f |%n",
              100 * result.path("sparsity").path("achieved").asDouble(),
              100
                  * result
                      .path("evaluation")
                      .path("mnist")
                      .path("end")
                      .path("accuracy")
                      .asDouble()));
    }
    System.out.print(table);
    return results;
  }

  private String data(String key, String name) {
    return key + "=" + data.resolve(name);
  }

  private JsonNode run(
      String command, String recipe, String store, List<String> first, List<String> second)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(root.resolve("scripts/fip").toString());
    line.addAll(spark);
    line.addAll(
        List.of(command, root.resolve("deploy/recipes/" + recipe + ".yaml").toString(), "--json"));
    List<String> sets = new ArrayList<>(first);
    sets.addAll(second);
    sets.add("output=" + work.resolve(store));
    sets.add("network=" + data.resolve("models/lenet300100_dense_mnist"));
    sets.forEach(set -> line.addAll(List.of("--set", set)));
    Process process =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", line) + " ended with " + exit + ": " + output);
    }
    return JSON.readTree(output);
  }

  private static void add(
      Map<String, List<double[]>> byMethod, String method, JsonNode sets, String moment) {
    double[] values = new double[2];
    for (int i = 0; i < 2; i++) {
      JsonNode set = sets.path(i == 0 ? "mnist" : "fashion");
      values[i] = 100 * (moment == null ? set : set.path(moment)).path("accuracy").asDouble();
    }
    byMethod.computeIfAbsent(method, m -> new ArrayList<>()).add(values);
  }

  private static String meanAndRange(List<double[]> values, int index) {
    double mean = values.stream().mapToDouble(v -> v[index]).average().orElseThrow();
    double least = values.stream().mapToDouble(v -> v[index]).min().orElseThrow();
    double most = values.stream().mapToDouble(v -> v[index]).max().orElseThrow();
    return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", mean, least, most);
  }
}
