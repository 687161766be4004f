package org.fip.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What {@link ContinualBench} measured, in percent, as Markdown tables; means over the seeds. */
final class ContinualTables {
  private static final String JOINT = "joint";
  private static final List<String> FIGURES =
      List.of("backward transfer", "forgetting", ContinualBench.GRADIENTS);

  private ContinualTables() {}

  /** A table of all sequences that a folder has figures of, then one of each. */
  static void print(Path folder) throws IOException {
    List<String> rows = Cells.names(folder);
    System.out.printf(
        "%n| sequence | path | joint training | of joint | best rival | seeds |%n"
            + "|---|--:|--:|--:|---|---|%n");
    for (String row : rows) {
      printOneLine(row, Cells.open(folder, row));
    }
    for (String row : rows) {
      print(row, Cells.open(folder, row));
    }
  }

  /**
   * Averages over the evaluation sets of the path and joint training, and the largest of all other
   * methods, with how many there are.
   */
  private static void printOneLine(String row, Cells cells) {
    Set<String> sets = sets(cells);
    Map<String, Double> path = averages(cells, ContinualBench.PATH, sets);
    Map<String, Double> joint = averages(cells, JOINT, sets);
    String best = "none run";
    double most = Double.NEGATIVE_INFINITY;
    int rivals = 0;
    for (String method : cells.methods()) {
      if (List.of(ContinualBench.START, ContinualBench.PATH, JOINT).contains(method)) {
        continue;
      }
      rivals++;
      double average = mean(averages(cells, method, sets).values());
      if (average > most) {
        most = average;
        best = String.format(Locale.ROOT, "%s %.2f", method, average);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %.2f | %.2f | %s | %s%s | %s |%n",
        row,
        mean(path.values()),
        mean(joint.values()),
        ratio(path, joint),
        best,
        rivals > 1 ? " of " + rivals : "",
        String.join(", ", path.keySet()));
  }

  /** A table of all methods, with least and most; the average is over the evaluation sets. */
  static void print(String row, Cells cells) {
    Set<String> sets = sets(cells);
    List<String> columns = new ArrayList<>(sets);
    FIGURES.stream()
        .filter(
            figure ->
                cells.bySeed(ContinualBench.PATH).values().stream()
                    .anyMatch(cell -> cell.has(figure)))
        .forEach(columns::add);
    System.out.printf(
        "%n%s%n%n| method | seeds | %s | average | of joint |%n|---|---|%s--:|--:|%n",
        row, String.join(" | ", columns), "--:|".repeat(columns.size()));
    Map<String, Double> joint = averages(cells, JOINT, sets);
    for (String method : cells.methods()) {
      StringBuilder line = new StringBuilder();
      columns.forEach(column -> line.append(cell(cells.bySeed(method), column)).append(" | "));
      Map<String, Double> averages = averages(cells, method, sets);
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s%.2f | %s |%n",
          method,
          String.join(", ", averages.keySet()),
          line,
          mean(averages.values()),
          ratio(averages, joint));
    }
  }

  private static Set<String> sets(Cells cells) {
    Set<String> sets = new LinkedHashSet<>();
    cells
        .bySeed(ContinualBench.START)
        .values()
        .forEach(cell -> cell.properties().forEach(figure -> sets.add(figure.getKey())));
    sets.remove("commit");
    return sets;
  }

  /** Averages over the evaluation sets, by seed. */
  private static Map<String, Double> averages(Cells cells, String method, Set<String> sets) {
    Map<String, Double> averages = new LinkedHashMap<>();
    cells
        .bySeed(method)
        .forEach(
            (seed, cell) ->
                averages.put(
                    seed, mean(sets.stream().map(set -> figure(cell, set, method)).toList())));
    return averages;
  }

  private static double figure(JsonNode cell, String set, String method) {
    if (!cell.has(set)) {
      throw new IllegalStateException(
          "a run of %s has no figure of %s, which others have; measure it anew"
              .formatted(method, set));
    }
    return cell.path(set).doubleValue();
  }

  /** Over the seeds that both have. */
  private static String ratio(Map<String, Double> method, Map<String, Double> joint) {
    List<String> both = method.keySet().stream().filter(joint::containsKey).toList();
    return both.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "%.3f",
            mean(both.stream().map(method::get).toList())
                / mean(both.stream().map(joint::get).toList()));
  }

  private static String cell(Map<String, JsonNode> bySeed, String column) {
    List<Double> values =
        bySeed.values().stream()
            .filter(cell -> cell.has(column))
            .map(cell -> cell.path(column).doubleValue())
            .sorted()
            .toList();
    if (values.isEmpty()) {
      return "";
    }
    String format = column.equals(ContinualBench.GRADIENTS) ? "%.0f" : "%.2f";
    String mean = String.format(Locale.ROOT, format, mean(values));
    double least = values.get(0);
    double most = values.get(values.size() - 1);
    return least == most
        ? mean
        : String.format(Locale.ROOT, "%s (" + format + " to " + format + ")", mean, least, most);
  }

  private static double mean(Collection<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
