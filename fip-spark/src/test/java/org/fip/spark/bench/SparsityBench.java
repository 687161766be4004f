package org.fip.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
 * Writes each curve as JSON, prints a Markdown table of all that was measured and plots each case.
 * Stores that are finished are not walked again.
 */
public final class SparsityBench {
  private static final String PATH = "path";
  private static final String AT_ONCE = "one-shot";
  private static final String RECIPE = "recipe";

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
  private static final class Accuracies {
    private final List<Double> ofSeeds = new ArrayList<>();
    private final List<Double> zeros = new ArrayList<>();

    void add(JsonNode entry) {
      zeros.add(entry.path("achieved").asDouble());
      ofSeeds.add(entry.path("accuracy").asDouble());
    }

    double mean() {
      return mean(ofSeeds);
    }

    double meanZeros() {
      return mean(zeros);
    }

    private static double mean(List<Double> fractions) {
      return fractions.stream().mapToDouble(a -> a).average().orElseThrow();
    }

    String text() {
      double least = ofSeeds.stream().mapToDouble(a -> a).min().orElseThrow();
      double most = ofSeeds.stream().mapToDouble(a -> a).max().orElseThrow();
      return least == most
          ? percent(mean())
          : "%s (%s to %s)".formatted(percent(mean()), percent(least), percent(most));
    }
  }

  private final Path work;
  private final Path data;
  private final Path results;
  private final String steps;
  private final Launcher launcher;

  private SparsityBench(Launcher launcher, Path work, Path data, Path results, String steps) {
    this.launcher = launcher;
    this.work = work;
    this.data = data;
    this.results = results;
    this.steps = steps;
  }

  /**
   * Arguments: checkout, folder for stores, folder of results, folder that holds the data, seeds,
   * cases or "all", methods, steps of a stretch or "recipe", Spark options. Or {@code tables} and a
   * folder of results to show again.
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("tables")) {
      Path folder = Path.of(arguments[1]);
      List<String> measured = Cells.names(folder);
      StringBuilder table = new StringBuilder();
      for (Case one : CASES) {
        if (measured.contains(one.recipe)) {
          show(table, one, Cells.open(folder, one.recipe), folder);
        }
      }
      print(table);
      return;
    }
    Path work = Path.of(arguments[1]);
    Files.createDirectories(work);
    Launcher launcher =
        new Launcher(
            Path.of(arguments[0]), work, Arrays.asList(arguments).subList(8, arguments.length));
    SparsityBench bench =
        new SparsityBench(
            launcher, work, Path.of(arguments[3]), Path.of(arguments[2]), arguments[7]);
    List<String> only = List.of(arguments[5].split(","));
    StringBuilder table = new StringBuilder();
    for (Case one : CASES) {
      if (only.contains("all") || only.contains(one.recipe)) {
        Cells cells =
            bench.measure(one, List.of(arguments[4].split(",")), List.of(arguments[6].split(",")));
        show(table, one, cells, bench.results);
      }
    }
    print(table);
    System.out.println("\nfigures and plots: " + bench.results);
  }

  private Cells measure(Case one, List<String> seeds, List<String> methods)
      throws IOException, InterruptedException {
    Cells cells = Cells.open(results, one.recipe);
    for (String seed : seeds) {
      for (String method : methods) {
        JsonNode result = sparsify(one, seed, method);
        cells.put(method, seed, curve(result, result.path("sparsity")));
        cells.put(AT_ONCE, seed, curve(result, result.path("baselines").path(AT_ONCE)));
      }
    }
    return cells;
  }

  /** A walk of its own for each method; removal at once costs an evaluation and is always there. */
  private JsonNode sparsify(Case one, String seed, String method)
      throws IOException, InterruptedException {
    List<String> sets =
        new ArrayList<>(
            List.of(
                "seed=" + seed,
                "output=" + work.resolve(one.recipe + "-" + seed + "-" + method),
                "network=" + data.resolve("models/" + one.network),
                "keep.0.path=" + data.resolve(one.set),
                "evaluate.test.path=" + data.resolve(one.set),
                "baselines=[" + AT_ONCE + "]"));
    if (!method.equals(PATH)) {
      sets.addAll(List.of("path.sampler=" + method, "path.hiddenWeight=0"));
    }
    if (!steps.equals(RECIPE)) {
      sets.addAll(List.of("path.steps=" + steps, "path.checkpointEvery=" + steps));
    }
    return launcher.run("sparsify", "sparsity/" + one.recipe, sets);
  }

  /** Start accuracy, steps, and accuracy by share of zeros of a method, as fractions. */
  private static ObjectNode curve(JsonNode result, JsonNode method) {
    ObjectNode figures = JsonNodeFactory.instance.objectNode();
    figures.set("start", result.at("/evaluation/test/start/accuracy"));
    for (JsonNode entry : method.path("curve")) {
      ObjectNode point = figures.withArray("curve").addObject();
      point.set("target", entry.path("target"));
      point.set("achieved", entry.path("achieved"));
      point.set("accuracy", entry.at("/evaluation/test/accuracy"));
      if (entry.has("step")) {
        point.set("step", entry.path("step"));
      }
    }
    return figures;
  }

  private static void print(StringBuilder rows) {
    System.out.print(
        """
        | case | zeros % | path % | removed at once | released | fine-tuned | bound | holds |
        |---|--:|--:|--:|--:|--:|--:|---|
        """);
    System.out.print(rows);
  }

  /** Rows of the table, and a plot beside the figures. */
  private static void show(StringBuilder table, Case one, Cells cells, Path folder)
      throws IOException {
    rows(table, one, cells);
    Files.writeString(folder.resolve(one.recipe + ".svg"), CurvePlot.svg(points(cells)));
  }

  private static void rows(StringBuilder table, Case one, Cells cells) {
    Map<Double, Accuracies> path = byTarget(cells, PATH);
    Map<Double, Accuracies> atOnce = byTarget(cells, AT_ONCE);
    Map<Double, Accuracies> released = byTarget(cells, "released");
    Map<Double, Accuracies> tuned = byTarget(cells, "fine-tuning");
    double start = start(cells);
    path.forEach(
        (target, accuracies) -> {
          Double bound = one.bounds.get(target);
          double least = bound == null ? Double.NaN : bound < 0 ? start + bound / 100 : bound / 100;
          table.append(
              "| %s | %.2f | %s | %s | %s | %s | %s | %s |\n"
                  .formatted(
                      one.recipe,
                      100 * accuracies.meanZeros(),
                      accuracies.text(),
                      text(atOnce, target),
                      text(released, target),
                      text(tuned, target),
                      bound == null ? "" : percent(least),
                      bound == null ? "" : accuracies.mean() >= least ? "yes" : "no"));
        });
  }

  private static Map<Double, Accuracies> byTarget(Cells cells, String method) {
    Map<Double, Accuracies> curve = new TreeMap<>();
    for (JsonNode cell : cells.bySeed(method).values()) {
      for (JsonNode entry : cell.path("curve")) {
        curve
            .computeIfAbsent(entry.path("target").asDouble(), target -> new Accuracies())
            .add(entry);
      }
    }
    return curve;
  }

  private static double start(Cells cells) {
    return cells.bySeed(PATH).values().stream()
        .mapToDouble(cell -> cell.path("start").asDouble())
        .average()
        .orElse(Double.NaN);
  }

  private static String text(Map<Double, Accuracies> curve, double target) {
    return curve.containsKey(target) ? curve.get(target).text() : "";
  }

  private static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.2f", 100 * fraction);
  }

  private static Map<String, List<double[]>> points(Cells cells) {
    Map<String, List<double[]>> points = new LinkedHashMap<>();
    for (String method : cells.methods()) {
      List<double[]> line = new ArrayList<>();
      line.add(new double[] {0, start(cells)});
      byTarget(cells, method)
          .values()
          .forEach(at -> line.add(new double[] {at.meanZeros(), at.mean()}));
      points.put(method, line);
    }
    return points;
  }
}
