package org.fip.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.TreeMap;
import org.fip.spark.report.CurvePlot;

/**
 * Sparse networks on real data, through the launcher as a user runs it: accuracy by sparsity over
 * several seeds, beside removal at once, the released algorithm and fine-tuning, and beside bounds.
 * Leaves {@code sparsity.json}, {@code sparsity.md} and a plot for each case in the work folder.
 */
public final class SparsityBench {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What is run.
   *
   * @param recipe under deploy/recipes/sparsity
   * @param network under models of the data folder
   * @param set folder of the data
   * @param bounds least accuracies in per cent by target; negative: points that may be lost
   */
  private record Case(String recipe, String network, String set, Map<Double, Double> bounds) {}

  private static final List<Case> CASES =
      List.of(
          new Case("lenet", "lenet300100_dense_mnist", "mnist", Map.of(0.9813, 97.7)),
          new Case("lenet-labels", "lenet300100_dense_mnist", "mnist", Map.of(0.9813, 98.0)),
          new Case(
              "resnet20", "resnet20_cifar10", "cifar10", Map.of(0.5, 91.0, 0.8, 90.0, 0.9, 87.5)),
          new Case("resnet20-2-4", "resnet20_cifar10", "cifar10", Map.of(0.5, 90.8)),
          new Case(
              "resnet20-channel", "resnet20_distiller_dense", "cifar10", Map.of(0.1586, 90.81)),
          new Case("vit", "vit_fashion_mnist", "fashion_mnist", Map.of(0.5, -1.0, 0.8, -3.0)),
          new Case("bert", "bert_ag_news", "text/ag_news", Map.of(0.5, -1.0, 0.8, -3.0)));

  /** Accuracies of a method at one target, one of each seed. */
  private static final class Cell {
    private final List<Double> accuracies = new ArrayList<>();
    private double zeros;

    void add(JsonNode entry) {
      zeros = entry.path("achieved").asDouble();
      accuracies.add(entry.at("/evaluation/test/accuracy").asDouble());
    }

    double mean() {
      return accuracies.stream().mapToDouble(a -> a).average().orElseThrow();
    }

    String text() {
      double least = accuracies.stream().mapToDouble(a -> a).min().orElseThrow();
      double most = accuracies.stream().mapToDouble(a -> a).max().orElseThrow();
      return least == most
          ? percent(mean())
          : "%s (%s to %s)".formatted(percent(mean()), percent(least), percent(most));
    }
  }

  private final Path work;
  private final Path data;
  private final String steps;
  private final List<String> compared;
  private final Launcher launcher;

  private SparsityBench(
      Path root, Path work, Path data, String steps, List<String> compared, List<String> spark) {
    this.work = work;
    this.data = data;
    this.steps = steps;
    this.compared = compared;
    launcher = new Launcher(root, work, spark);
  }

  /**
   * Arguments: checkout, folder for stores, folder that holds the data, seeds, cases or "all",
   * steps of a stretch or "recipe", seeds with which the baselines are run too, Spark options.
   */
  public static void main(String[] arguments) throws Exception {
    SparsityBench bench =
        new SparsityBench(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Path.of(arguments[2]),
            arguments[5],
            Arrays.asList(arguments[6].split(",")),
            Arrays.asList(arguments).subList(7, arguments.length));
    bench.run(arguments[3].split(","), Arrays.asList(arguments[4].split(",")));
  }

  private void run(String[] seeds, List<String> only) throws IOException, InterruptedException {
    Files.createDirectories(work);
    ObjectNode results = JSON.createObjectNode();
    StringBuilder table =
        new StringBuilder(
            """
            | case | zeros % | path % | removed at once | released | fine-tuned | bound | holds |
            |---|--:|--:|--:|--:|--:|--:|---|
            """);
    for (Case one : CASES) {
      if (!only.contains("all") && !only.contains(one.recipe)) {
        continue;
      }
      Map<String, Map<Double, Cell>> methods = new LinkedHashMap<>();
      double start = 0;
      for (String seed : seeds) {
        JsonNode result = sparsify(one, seed);
        results.withArray(one.recipe).add(result);
        start = result.at("/evaluation/test/start/accuracy").asDouble();
        collect(methods, "path", result.at("/sparsity/curve"));
        result
            .path("baselines")
            .properties()
            .forEach(e -> collect(methods, e.getKey(), e.getValue().path("curve")));
      }
      rows(table, one, start, methods);
      Files.writeString(work.resolve(one.recipe + ".svg"), CurvePlot.svg(points(start, methods)));
      // After each case, so that a run that is ended leaves what it has.
      Files.writeString(work.resolve("sparsity.md"), table);
      Files.writeString(
          work.resolve("sparsity.json"),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(results));
    }
    System.out.print(table);
    System.out.println("\nall results and plots: " + work);
  }

  private static void collect(
      Map<String, Map<Double, Cell>> methods, String method, JsonNode curve) {
    for (JsonNode entry : curve) {
      methods
          .computeIfAbsent(method, m -> new TreeMap<>())
          .computeIfAbsent(entry.path("target").asDouble(), t -> new Cell())
          .add(entry);
    }
  }

  private static void rows(
      StringBuilder table, Case one, double start, Map<String, Map<Double, Cell>> methods) {
    methods
        .get("path")
        .forEach(
            (target, cell) -> {
              Double bound = one.bounds.get(target);
              double least =
                  bound == null ? Double.NaN : bound < 0 ? start + bound / 100 : bound / 100;
              table.append(
                  "| %s | %.2f | %s | %s | %s | %s | %s | %s |\n"
                      .formatted(
                          one.recipe,
                          100 * cell.zeros,
                          cell.text(),
                          text(methods, "one-shot", target),
                          text(methods, "released", target),
                          text(methods, "fine-tuning", target),
                          bound == null ? "" : percent(least),
                          bound == null ? "" : cell.mean() >= least ? "yes" : "no"));
            });
  }

  private static String text(Map<String, Map<Double, Cell>> methods, String method, double target) {
    Cell cell = methods.getOrDefault(method, Map.of()).get(target);
    return cell == null ? "" : cell.text();
  }

  private static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.2f", 100 * fraction);
  }

  private static Map<String, List<double[]>> points(
      double start, Map<String, Map<Double, Cell>> methods) {
    Map<String, List<double[]>> points = new LinkedHashMap<>();
    methods.forEach(
        (method, cells) -> {
          List<double[]> line = new ArrayList<>();
          line.add(new double[] {0, start});
          cells.values().forEach(cell -> line.add(new double[] {cell.zeros, cell.mean()}));
          points.put(method, line);
        });
    return points;
  }

  private JsonNode sparsify(Case one, String seed) throws IOException, InterruptedException {
    List<String> sets =
        new ArrayList<>(
            List.of(
                "seed=" + seed,
                "output=" + work.resolve(one.recipe + "-" + seed),
                "network=" + data.resolve("models/" + one.network),
                "keep.0.path=" + data.resolve(one.set),
                "evaluate.test.path=" + data.resolve(one.set)));
    if (!steps.equals("recipe")) {
      sets.addAll(List.of("path.steps=" + steps, "path.checkpointEvery=" + steps));
    }
    if (!compared.contains(seed)) {
      sets.add("baselines=[]");
    }
    return launcher.run("sparsify", "sparsity/" + one.recipe, sets);
  }
}
