package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.fip.core.manifold.Evaluation;

/**
 * Where continual learning ended.
 *
 * @param tasks names of the tasks, in order
 * @param evaluations names of the evaluation sets
 * @param path the path
 * @param baselines the last evaluation of each baseline, by set
 */
public record AdaptResult(
    List<String> tasks,
    List<String> evaluations,
    Run path,
    Map<String, Map<String, Evaluation>> baselines)
    implements JobResult {

  /**
   * One walk through all tasks.
   *
   * @param report what every command reports
   * @param evaluations by set: at the start, then after each task
   */
  public record Run(ObjectNode report, List<Map<String, Evaluation>> evaluations) {}

  /** The path's accuracy on a set after so many tasks. */
  public OptionalDouble accuracy(int afterTasks, String set) {
    Evaluation evaluation = path.evaluations.get(afterTasks).get(set);
    return evaluation == null ? OptionalDouble.empty() : OptionalDouble.of(evaluation.accuracy());
  }

  @Override
  public ObjectNode toJson() {
    ObjectNode json = path.report.deepCopy();
    ObjectNode byBaseline = json.putObject("baselines");
    baselines.forEach(
        (name, sets) -> {
          ObjectNode entry = byBaseline.putObject(name).putObject("evaluation");
          sets.forEach(
              (set, evaluation) ->
                  entry
                      .putObject(set)
                      .put("accuracy", evaluation.accuracy())
                      .put("loss", evaluation.loss()));
        });
    if (tasks.size() > 1) {
      putSequence(json);
    }
    return json;
  }

  /** The accuracy matrix R and the figures of Lopez-Paz and Ranzato (2017, arXiv 1706.08840). */
  private void putSequence(ObjectNode json) {
    int n = tasks.size();
    ArrayNode matrix = json.putArray("accuracyMatrix");
    for (int row = 0; row <= n; row++) {
      ArrayNode cells = matrix.addArray();
      for (String task : tasks) {
        OptionalDouble value = accuracy(row, task);
        if (value.isPresent()) {
          cells.add(value.getAsDouble());
        } else {
          cells.addNull();
        }
      }
    }
    ObjectNode definitions = json.putObject("definitions");
    definitions.put(
        "accuracyMatrix",
        "[i][j]: accuracy on the evaluation set named as task j after task i; row 0: start network");
    put(json, definitions, "averageAccuracy", "mean over j of the last row", mean(n, 0, n));
    OptionalDouble now = mean(n, 0, n - 1);
    double then = 0;
    double forgotten = 0;
    for (int j = 0; j < n - 1; j++) {
      double best = Double.NEGATIVE_INFINITY;
      for (int i = j + 1; i < n; i++) {
        best = Math.max(best, accuracy(i, tasks.get(j)).orElse(Double.NaN));
      }
      then += accuracy(j + 1, tasks.get(j)).orElse(Double.NaN) / (n - 1);
      forgotten += (best - accuracy(n, tasks.get(j)).orElse(Double.NaN)) / (n - 1);
    }
    put(
        json,
        definitions,
        "backwardTransfer",
        "mean over all tasks j but the last of (after all tasks) - (right after task j)",
        now.isPresent() ? OptionalDouble.of(now.getAsDouble() - then) : now);
    put(
        json,
        definitions,
        "forgetting",
        "mean over all tasks j but the last of (best after task j, before the last) - (after all)",
        now.isPresent() ? OptionalDouble.of(forgotten) : now);
  }

  private OptionalDouble mean(int row, int from, int to) {
    double sum = 0;
    for (String task : tasks.subList(from, to)) {
      OptionalDouble value = accuracy(row, task);
      if (value.isEmpty()) {
        return value;
      }
      sum += value.getAsDouble();
    }
    return OptionalDouble.of(sum / (to - from));
  }

  private static void put(
      ObjectNode json,
      ObjectNode definitions,
      String key,
      String definition,
      OptionalDouble value) {
    if (value.isPresent()) {
      json.put(key, value.getAsDouble());
      definitions.put(key, definition);
    }
  }

  @Override
  public String summary() {
    List<String> head = new ArrayList<>(List.of("accuracy %", "start", "path"));
    head.addAll(baselines.keySet());
    TextTable table = new TextTable().row(head);
    for (String set : evaluations) {
      List<String> row = new ArrayList<>(List.of(set));
      row.add(TextTable.percent(path.evaluations.get(0).get(set)));
      row.add(TextTable.percent(path.evaluations.get(tasks.size()).get(set)));
      baselines.values().forEach(sets -> row.add(TextTable.percent(sets.get(set))));
      table.row(row);
    }
    return table
        + String.format(
            Locale.ROOT,
            "%ndrift %.4g, length %.4g in weights and %.4g in outputs%nnetwork %s",
            path.report.path("drift").asDouble(),
            path.report.path("length").path("weights").asDouble(),
            path.report.path("length").path("outputs").asDouble(),
            path.report.path("network").asText());
  }
}
