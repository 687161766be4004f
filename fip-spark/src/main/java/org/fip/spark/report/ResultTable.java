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
  private final List<Map<String, Object>> rows = new ArrayList<>();
  private final Map<String, Double> start = new LinkedHashMap<>();

  private ResultTable() {}

  /** A model with {@code headers} and {@code rows}; each cell has the value and its change. */
  static Map<String, Object> of(ReportData data) {
    ResultTable table = new ResultTable();
    for (PathSeries path : data.paths()) {
      table.sets.addAll(path.evaluations().keySet());
      accuracies(path, NavigableMap::firstKey).forEach(table.start::putIfAbsent);
    }
    data.baselines().forEach(baseline -> table.sets.addAll(baseline.accuracies().keySet()));
    if (!table.start.isEmpty()) {
      table.row("Start", table.start, false, true);
    }
    data.paths().stream()
        .filter(path -> !path.evaluations().isEmpty())
        .forEach(
            path -> table.row(path.name(), accuracies(path, NavigableMap::lastKey), true, false));
    data.baselines()
        .forEach(baseline -> table.row(baseline.name(), baseline.accuracies(), false, false));
    return Map.of("headers", List.copyOf(table.sets), "rows", table.rows);
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
    List<Map<String, String>> cells = new ArrayList<>();
    for (String set : sets) {
      double accuracy = accuracies.getOrDefault(set, Double.NaN);
      double before = start.getOrDefault(set, Double.NaN);
      boolean hasChange = !isStart && Double.isFinite(accuracy) && Double.isFinite(before);
      cells.add(
          Map.of(
              "value",
              Format.percent(accuracy),
              "change",
              hasChange ? Format.points(accuracy, before) : ""));
    }
    rows.add(Map.of("name", name, "path", path, "cells", cells));
  }
}
