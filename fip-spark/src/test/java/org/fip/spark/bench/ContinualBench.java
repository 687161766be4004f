package org.fip.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences of tasks on real data, through the launcher as a user runs it: the path of every recipe
 * of deploy/recipes/continual and its rivals, each with several seeds. Writes what each ends with
 * as JSON and prints Markdown tables of all that was measured. Stores that are finished are not
 * walked again.
 */
public final class ContinualBench {
  private static final String RECIPES = "continual/";
  private static final String START_RECIPE = "-start";
  static final String START = "start network";
  static final String PATH = "path";
  private static final String GEODESIC = "geodesic";
  static final String GRADIENTS = "gradients";
  private static final String MATRIX = "accuracyMatrix";
  private static final String TRANSFER = "backward transfer";

  private final Launcher launcher;
  private final Path results;

  private ContinualBench(Launcher launcher, Path results) {
    this.launcher = launcher;
    this.results = results;
  }

  /**
   * Arguments: checkout, folder for stores, folder of results, folder that holds the data, seeds,
   * recipes (or all), methods, Spark options. Or {@code tables} and a folder of results to print
   * again.
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("tables")) {
      ContinualTables.print(Path.of(arguments[1]));
      return;
    }
    Path work = Path.of(arguments[1]);
    Files.createDirectories(work);
    Path data = work.resolve("data");
    if (!Files.isSymbolicLink(data)) {
      Files.createSymbolicLink(data, Path.of(arguments[3]));
    }
    Launcher launcher =
        new Launcher(
            Path.of(arguments[0]), work, Arrays.asList(arguments).subList(7, arguments.length));
    ContinualBench bench = new ContinualBench(launcher, Path.of(arguments[2]));
    List<String> rows =
        arguments[5].equals("all") ? bench.recipes() : List.of(arguments[5].split(","));
    for (String row : rows) {
      bench.row(row, List.of(arguments[4].split(",")), List.of(arguments[6].split(",")));
    }
  }

  private List<String> recipes() throws IOException {
    try (var files = Files.list(launcher.recipes().resolve(RECIPES))) {
      return files
          .map(file -> file.getFileName().toString().replace(".yaml", ""))
          .filter(name -> !name.endsWith(START_RECIPE))
          .sorted()
          .toList();
    }
  }

  private void row(String row, List<String> seeds, List<String> methods)
      throws IOException, InterruptedException {
    if (Files.exists(launcher.recipe(RECIPES + row + START_RECIPE))) {
      launcher.run("train", RECIPES + row + START_RECIPE, List.of());
    }
    Cells cells = Cells.open(results, row);
    for (String seed : seeds) {
      for (String method : methods) {
        List<String> sets =
            new ArrayList<>(
                List.of(
                    "seed=" + seed,
                    "output=paths/continual/" + row + "-" + seed + "-" + method,
                    "baselines=[]"));
        sets.addAll(walk(method, cells.bySeed(PATH).get(seed)));
        JsonNode result = launcher.run("adapt", RECIPES + row, sets);
        ObjectNode start = accuracies(result, "start");
        cells.put(START, seed, start);
        cells.put(method, seed, end(result));
      }
    }
    ContinualTables.print(row, cells);
    System.out.println("\nfigures: " + results);
  }

  /**
   * What of the recipe is another for a method: nothing for the path; geodesics stop at the
   * gradients that the path took for each task; rivals have the path's steps, data and anchors, and
   * of them only LoRA has low-rank changes.
   */
  private static List<String> walk(String method, JsonNode path) throws IOException {
    if (method.equals(PATH)) {
      return List.of();
    }
    if (!method.startsWith(GEODESIC)) {
      List<String> sets = new ArrayList<>(List.of("path.sampler=" + method, "path.hiddenWeight=0"));
      if (!method.equals("lora")) {
        sets.add("path.lowRank.rank=0");
      }
      return sets;
    }
    if (path == null) {
      throw new IOException(method + " stops at the gradients of the path; measure that first");
    }
    int tasks = tasks(path);
    String solver = method.equals(GEODESIC) ? "exact" : method.substring(GEODESIC.length() + 1);
    return List.of(
        "path.sampler=geodesic",
        "path.lowRank.rank=0",
        "path.geodesic.solver=" + solver,
        "path.gradientEvaluations=" + path.path(GRADIENTS).asLong() / tasks);
  }

  /** How many tasks a path learned: a sequence has a row of accuracies before and after each. */
  private static int tasks(JsonNode path) throws IOException {
    int rows = path.path(MATRIX).size();
    if (rows == 0 && path.has(TRANSFER)) {
      throw new IOException("figures of the path without its matrix; measure it again");
    }
    return Math.max(1, rows - 1);
  }

  private static ObjectNode accuracies(JsonNode result, String at) {
    ObjectNode figures = JsonNodeFactory.instance.objectNode();
    result
        .path("evaluation")
        .properties()
        .forEach(
            set -> figures.put(set.getKey(), percent(set.getValue().path(at).path("accuracy"))));
    return figures;
  }

  private static ObjectNode end(JsonNode result) {
    ObjectNode figures = accuracies(result, "end");
    if (result.path("backwardTransfer").isNumber()) {
      figures.put(TRANSFER, percent(result.path("backwardTransfer")));
      figures.put("forgetting", percent(result.path("forgetting")));
    }
    figures.put(GRADIENTS, result.path("gradientEvaluations").asDouble());
    for (String asItIs : List.of(MATRIX, "anchorWeights")) {
      if (result.has(asItIs)) {
        figures.set(asItIs, result.path(asItIs));
      }
    }
    return figures;
  }

  private static double percent(JsonNode fraction) {
    return Math.round(1e6 * fraction.doubleValue()) / 1e4;
  }
}
