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
import java.util.TreeSet;

/**
 * Sequences of tasks on real data beside their baselines, through the launcher as a user runs it:
 * every recipe of deploy/recipes/continual over several seeds. Prints a Markdown table for each and
 * writes all results as JSON. Stores that are finished are not walked again.
 */
public final class ContinualBench {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String START = "-start";

  private final Path root;
  private final Path work;
  private final List<String> spark;

  /** Values of one method by column, one for each seed. */
  private static final class Method {
    private final Map<String, List<Double>> columns = new LinkedHashMap<>();

    void add(String column, JsonNode fraction) {
      if (fraction.isNumber()) {
        columns.computeIfAbsent(column, c -> new ArrayList<>()).add(100 * fraction.doubleValue());
      }
    }

    double mean(String column) {
      return columns.getOrDefault(column, List.of()).stream()
          .mapToDouble(Double::doubleValue)
          .average()
          .orElse(Double.NaN);
    }

    String cell(String column) {
      List<Double> values = columns.get(column);
      if (values == null) {
        return "";
      }
      String mean = String.format(Locale.ROOT, "%.2f", mean(column));
      if (values.size() == 1) {
        return mean;
      }
      TreeSet<Double> sorted = new TreeSet<>(values);
      return String.format(Locale.ROOT, "%s (%.2f to %.2f)", mean, sorted.first(), sorted.last());
    }
  }

  private ContinualBench(Path root, Path work, List<String> spark) {
    this.root = root;
    this.work = work;
    this.spark = spark;
  }

  /**
   * Arguments: checkout, folder for stores and results, folder that holds the data, seeds, recipes
   * (or all), methods, Spark options.
   */
  public static void main(String[] arguments) throws Exception {
    ContinualBench bench =
        new ContinualBench(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Arrays.asList(arguments).subList(6, arguments.length));
    Files.createDirectories(bench.work);
    Path data = bench.work.resolve("data");
    if (!Files.isSymbolicLink(data)) {
      Files.createSymbolicLink(data, Path.of(arguments[2]));
    }
    List<String> rows =
        arguments[4].equals("all") ? bench.recipes() : List.of(arguments[4].split(","));
    ObjectNode results = JSON.createObjectNode();
    for (String row : rows) {
      results.set(row, bench.row(row, arguments[3].split(","), arguments[5]));
      Path file = bench.work.resolve("results.json");
      Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(results));
    }
    System.out.println("\nall results: " + bench.work.resolve("results.json"));
  }

  private List<String> recipes() throws IOException {
    try (var files = Files.list(root.resolve("deploy/recipes/continual"))) {
      return files
          .map(file -> file.getFileName().toString().replace(".yaml", ""))
          .filter(name -> !name.endsWith(START))
          .sorted()
          .toList();
    }
  }

  private ArrayNode row(String row, String[] seeds, String methods)
      throws IOException, InterruptedException {
    if (Files.exists(recipe(row + START))) {
      fip("train", row + START, List.of());
    }
    ArrayNode results = JSON.createArrayNode();
    Map<String, Method> byMethod = new LinkedHashMap<>();
    for (String seed : seeds) {
      JsonNode result =
          fip(
              "adapt",
              row,
              List.of(
                  "seed=" + seed,
                  "output=paths/continual/" + row + "-" + seed,
                  "baselines=[" + methods + "]"));
      results.add(result);
      Method start = byMethod.computeIfAbsent("start network", m -> new Method());
      Method path = byMethod.computeIfAbsent("path", m -> new Method());
      for (Map.Entry<String, JsonNode> set : result.path("evaluation").properties()) {
        start.add(set.getKey(), set.getValue().path("start").path("accuracy"));
        path.add(set.getKey(), set.getValue().path("end").path("accuracy"));
      }
      addFigures(path, result);
      for (Map.Entry<String, JsonNode> baseline : result.path("baselines").properties()) {
        Method method = byMethod.computeIfAbsent(baseline.getKey(), m -> new Method());
        for (Map.Entry<String, JsonNode> set :
            baseline.getValue().path("evaluation").properties()) {
          method.add(set.getKey(), set.getValue().path("accuracy"));
        }
        addFigures(method, baseline.getValue());
      }
    }
    print(row, seeds, byMethod);
    return results;
  }

  private static void addFigures(Method method, JsonNode result) {
    method.add("backward transfer", result.path("backwardTransfer"));
    method.add("forgetting", result.path("forgetting"));
  }

  /** Accuracies in percent; the average is over the evaluation sets, and so is joint training's. */
  private static void print(String row, String[] seeds, Map<String, Method> byMethod) {
    List<String> sets = List.copyOf(byMethod.get("start network").columns.keySet());
    List<String> columns = new ArrayList<>(sets);
    columns.addAll(List.of("backward transfer", "forgetting"));
    columns.removeIf(column -> byMethod.get("path").columns.get(column) == null);
    System.out.printf(
        "%n%s, seeds %s%n%n| method | %s | average | of joint |%n|---|%s--:|--:|%n",
        row, String.join(", ", seeds), String.join(" | ", columns), "--:|".repeat(columns.size()));
    double joint =
        byMethod.containsKey("joint") ? average(byMethod.get("joint"), sets) : Double.NaN;
    byMethod.forEach(
        (name, method) -> {
          StringBuilder line = new StringBuilder("| " + name + " | ");
          columns.forEach(column -> line.append(method.cell(column)).append(" | "));
          double average = average(method, sets);
          System.out.printf(Locale.ROOT, "%s%.2f | %.3f |%n", line, average, average / joint);
        });
  }

  private static double average(Method method, List<String> sets) {
    return sets.stream().mapToDouble(method::mean).average().orElse(Double.NaN);
  }

  private Path recipe(String name) {
    return root.resolve("deploy/recipes/continual/" + name + ".yaml");
  }

  private JsonNode fip(String command, String name, List<String> sets)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(root.resolve("scripts/fip").toString());
    line.addAll(spark);
    line.addAll(List.of(command, recipe(name).toString(), "--json"));
    sets.forEach(set -> line.addAll(List.of("--set", set)));
    Process process =
        new ProcessBuilder(line)
            .directory(work.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", line) + " ended with " + exit + ": " + output);
    }
    return JSON.readTree(output);
  }
}
