package org.fip.spark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.function.Function;
import org.fip.core.manifold.Evaluation;

/** The accuracies at the start, at the end of each path, and of the baselines. */
final class ResultTable {
  private final Set<String> sets = new LinkedHashSet<>();
  private final List<Table.Row> rows = new ArrayList<>();
  private final Map<String, Double> start = new LinkedHashMap<>();

  private ResultTable() {}

  /** The table; each cell has the value, and beside it the change since the start. */
  static Table of(ReportData data) {
    ResultTable table = new ResultTable();
    for (PathSeries path : data.paths()) {
      table.sets.addAll(path.evaluations().keySet());
      accuracies(path, NavigableMap::firstKey).forEach(table.start::putIfAbsent);
    }
    data.baselines().forEach(baseline -> table.sets.addAll(baseline.accuracies().keySet()));
    if (!table.start.isEmpty()) {
      table.row("Start", table.start, false, true);
    }
    for (int i = 0; i < data.paths().size(); i++) {
      PathSeries path = data.paths().get(i);
      if (!path.evaluations().isEmpty()) {
        table.row(path.name(), accuracies(path, NavigableMap::lastKey), i == 0, false);
      }
    }
    data.baselines()
        .forEach(baseline -> table.row(baseline.name(), baseline.accuracies(), false, false));
    List<String> headers = new ArrayList<>(List.of("Network"));
    headers.addAll(table.sets);
    return new Table("Accuracy by network and evaluation set", headers, table.rows, false);
  }

  private static Map<String, Double> accuracies(
      PathSeries path, Function<NavigableMap<Long, Evaluation>, Long> step) {
    Map<String, Double> accuracies = new LinkedHashMap<>();
    path.evaluations()
        .forEach(
            (set, byStep) -> {
              if (!byStep.isEmpty()) {
                accuracies.put(set, byStep.get(step.apply(byStep)).accuracy());
              }
            });
    return accuracies;
  }

  private void row(String name, Map<String, Double> accuracies, boolean path, boolean isStart) {
    List<Cell> cells = new ArrayList<>(List.of(Cell.of(name)));
    for (String set : sets) {
      double accuracy = accuracies.getOrDefault(set, Double.NaN);
      double before = start.getOrDefault(set, Double.NaN);
      boolean hasChange = !isStart && Double.isFinite(accuracy) && Double.isFinite(before);
      Cell cell = Cell.of(Format.percent(accuracy));
      cells.add(hasChange ? cell.beside(Format.points(accuracy, before)) : cell);
    }
    rows.add(new Table.Row(path, cells));
  }
}
