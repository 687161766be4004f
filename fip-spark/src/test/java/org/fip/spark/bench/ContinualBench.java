package org.fip.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
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
 * writes its figures as JSON, from which the table can be printed again. Stores that are finished
 * are not walked again.
 */
public final class ContinualBench {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RECIPES = "continual/";
  private static final String START = "-start";
  private static final String GRADIENTS = "gradients";
  private static final String GEODESIC = "geodesic";
  private static final List<String> FIGURES = List.of("backward transfer", "forgetting", GRADIENTS);

  private final Path work;
  private final Launcher launcher;

  /** Values of one method by column, one for each seed. */
  private static final class Method {
    private final Map<String, List<Double>> columns = new LinkedHashMap<>();

    void add(String column, JsonNode number, double factor) {
      if (number.isNumber()) {
        columns.computeIfAbsent(column, c -> new ArrayList<>()).add(factor * number.doubleValue());
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
      String format = column.equals(GRADIENTS) ? "%.0f" : "%.2f";
      String mean = String.format(Locale.ROOT, format, mean(column));
      TreeSet<Double> sorted = new TreeSet<>(values);
      if (sorted.size() == 1) {
        return mean;
      }
      return String.format(
          Locale.ROOT,
          "%s (" + format + " to " + format + ")",
          mean,
          sorted.first(),
          sorted.last());
    }
  }

  private ContinualBench(Path root, Path work, List<String> spark) {
    this.work = work;
    launcher = new Launcher(root, work, spark);
  }

  /**
   * Arguments: checkout, folder for stores and results, folder that holds the data, seeds, recipes
   * (or all), methods (or none), Spark options. Or {@code tables} and a folder of results to print
   * again.
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("tables")) {
      for (String row : jsonFiles(Path.of(arguments[1]))) {
        print((ObjectNode) JSON.readTree(Path.of(arguments[1], row).toFile()));
      }
      return;
    }
    ContinualBench bench =
        new ContinualBench(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Arrays.asList(arguments).subList(6, arguments.length));
    Path results = bench.work.resolve("results");
    Files.createDirectories(results);
    Path data = bench.work.resolve("data");
    if (!Files.isSymbolicLink(data)) {
      Files.createSymbolicLink(data, Path.of(arguments[2]));
    }
    List<String> rows =
        arguments[4].equals("all") ? bench.recipes() : List.of(arguments[4].split(","));
    for (String row : rows) {
      ObjectNode figures =
          bench.row(
              row,
              arguments[3].split(","),
              arguments[5].equals("none") ? List.of() : List.of(arguments[5].split(",")));
      Path file = results.resolve(row + ".json");
      Files.writeString(
          file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(figures) + "\n");
      print(figures);
      System.out.println("\nfigures: " + file);
    }
  }

  private static List<String> jsonFiles(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .sorted()
          .toList();
    }
  }

  private List<String> recipes() throws IOException {
    try (var files = Files.list(launcher.recipes().resolve(RECIPES))) {
      return files
          .map(file -> file.getFileName().toString().replace(".yaml", ""))
          .filter(name -> !name.endsWith(START))
          .sorted()
          .toList();
    }
  }

  private ObjectNode row(String row, String[] seeds, List<String> methods)
      throws IOException, InterruptedException {
    if (Files.exists(launcher.recipe(RECIPES + row + START))) {
      fip("train", row + START, List.of());
    }
    List<String> baselines = methods.stream().filter(m -> !m.startsWith(GEODESIC)).toList();
    Map<String, Method> byMethod = new LinkedHashMap<>();
    ArrayNode chosen = JSON.createArrayNode();
    for (String seed : seeds) {
      String output = "paths/continual/" + row + "-" + seed;
      JsonNode result =
          fip(
              "adapt",
              row,
              List.of(
                  "seed=" + seed,
                  "output=" + output,
                  "baselines=[" + String.join(",", baselines) + "]"));
      addEnds(byMethod, "start network", result, "start");
      addWalk(byMethod, "path", result);
      if (result.has("anchorWeights")) {
        chosen.add(result.path("anchorWeights"));
      }
      for (Map.Entry<String, JsonNode> baseline : result.path("baselines").properties()) {
        Method method = byMethod.computeIfAbsent(baseline.getKey(), m -> new Method());
        for (Map.Entry<String, JsonNode> set :
            baseline.getValue().path("evaluation").properties()) {
          method.add(set.getKey(), set.getValue().path("accuracy"), 100);
        }
        addFigures(method, baseline.getValue());
      }
      for (String method : methods) {
        if (method.startsWith(GEODESIC)) {
          addWalk(byMethod, method, geodesic(row, seed, output, method, result));
        }
      }
    }
    return figures(row, seeds, chosen, byMethod);
  }

  /** The same sequence by the geodesic sampler, at the gradient evaluations of the path's steps. */
  private JsonNode geodesic(String row, String seed, String output, String method, JsonNode path)
      throws IOException, InterruptedException {
    int tasks = Math.max(1, path.path("accuracyMatrix").size() - 1);
    String solver = method.equals(GEODESIC) ? "exact" : method.substring(GEODESIC.length() + 1);
    return fip(
        "adapt",
        row,
        List.of(
            "seed=" + seed,
            "output=" + output + "-" + method,
            "baselines=[]",
            "path.sampler=geodesic",
            "path.geodesic.solver=" + solver,
            "path.gradientEvaluations=" + path.path("steps").asLong() / tasks));
  }

  private static void addWalk(Map<String, Method> byMethod, String name, JsonNode result) {
    addEnds(byMethod, name, result, "end");
    addFigures(byMethod.get(name), result);
  }

  private static void addEnds(
      Map<String, Method> byMethod, String name, JsonNode result, String end) {
    Method method = byMethod.computeIfAbsent(name, m -> new Method());
    for (Map.Entry<String, JsonNode> set : result.path("evaluation").properties()) {
      method.add(set.getKey(), set.getValue().path(end).path("accuracy"), 100);
    }
  }

  private static void addFigures(Method method, JsonNode result) {
    method.add("backward transfer", result.path("backwardTransfer"), 100);
    method.add("forgetting", result.path("forgetting"), 100);
    method.add(GRADIENTS, result.path("gradientEvaluations"), 1);
  }

  private static ObjectNode figures(
      String row, String[] seeds, ArrayNode chosen, Map<String, Method> byMethod) {
    ObjectNode figures = JSON.createObjectNode();
    figures.put("row", row).put("commit", System.getProperty("fip.commit", ""));
    ArrayNode ofSeeds = figures.putArray("seeds");
    Arrays.stream(seeds).forEach(ofSeeds::add);
    if (!chosen.isEmpty()) {
      figures.set("anchorWeights", chosen);
    }
    ObjectNode methods = figures.putObject("methods");
    byMethod.forEach(
        (name, method) -> {
          ObjectNode columns = methods.putObject(name);
          method.columns.forEach(
              (column, values) ->
                  values.forEach(
                      value -> columns.withArray(column).add(Math.round(1e4 * value) / 1e4)));
        });
    return figures;
  }

  /** Accuracies in percent; the average is over the evaluation sets, and so is joint training's. */
  private static void print(ObjectNode figures) {
    Map<String, Method> byMethod = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : figures.path("methods").properties()) {
      Method method = byMethod.computeIfAbsent(entry.getKey(), m -> new Method());
      for (Map.Entry<String, JsonNode> column : entry.getValue().properties()) {
        column.getValue().forEach(value -> method.add(column.getKey(), value, 1));
      }
    }
    List<String> sets = List.copyOf(byMethod.get("start network").columns.keySet());
    List<String> columns = new ArrayList<>(sets);
    columns.addAll(FIGURES);
    columns.removeIf(column -> byMethod.get("path").columns.get(column) == null);
    List<String> seeds = new ArrayList<>();
    figures.path("seeds").forEach(seed -> seeds.add(seed.asText()));
    System.out.printf(
        "%n%s, seeds %s%n%n| method | %s | average | of joint |%n|---|%s--:|--:|%n",
        figures.path("row").asText(),
        String.join(", ", seeds),
        String.join(" | ", columns),
        "--:|".repeat(columns.size()));
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

  private JsonNode fip(String command, String name, List<String> sets)
      throws IOException, InterruptedException {
    return launcher.run(command, RECIPES + name, sets);
  }
}
