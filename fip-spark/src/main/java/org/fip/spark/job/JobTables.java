package org.fip.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.fip.core.manifold.Evaluation;
import org.fip.spark.recipe.StretchSteps;
import org.fip.spark.report.ReportTable;

/** Tables of what jobs have found, as reports show them. */
final class JobTables {
  private JobTables() {}

  /** Accuracies at the end of each task of a sequence. */
  static ReportTable sequence(StoredRun run) {
    JsonNode tasks = run.recipe().path("tasks");
    StretchSteps steps = NightJob.stretches(run.store().description());
    Map<String, NavigableMap<Long, Evaluation>> sets = Verdict.plain(run.series());
    List<List<String>> rows = new ArrayList<>();
    for (int after = 0; run.learns() && after <= tasks.size() && tasks.size() > 1; after++) {
      List<String> row = new ArrayList<>();
      row.add(after == 0 ? "start" : "after " + tasks.get(after - 1).path("name").asText());
      for (NavigableMap<Long, Evaluation> byStep : sets.values()) {
        Evaluation evaluation = byStep.get(steps.end(after));
        row.add(evaluation == null ? "–" : Verdict.percent(evaluation.accuracy()));
      }
      rows.add(row);
    }
    List<String> headers = new ArrayList<>(List.of("Network"));
    headers.addAll(sets.keySet());
    return new ReportTable(
        "Accuracy after each task", headers, rows, "Rows in the order in which they were learned.");
  }

  /**
   * What a sequence comes to, and how much of the start network's answers is left; results of
   * earlier versions, which know no drifts, have agreement with another network.
   */
  static ReportTable measures(JsonNode result) {
    List<String> baselines = new ArrayList<>();
    result.path("baselines").fieldNames().forEachRemaining(baselines::add);
    Map<String, String> figures = new LinkedHashMap<>();
    figures.put("average accuracy of the tasks", "/averageAccuracy");
    figures.put("backward transfer", "/backwardTransfer");
    figures.put("forgetting", "/forgetting");
    List<List<String>> rows = new ArrayList<>();
    figures.forEach(
        (name, pointer) -> {
          if (result.at(pointer).isNumber()) {
            rows.add(measure(name, result.at(pointer), result, baselines, pointer));
          }
        });
    for (Map.Entry<String, JsonNode> set : result.path("evaluation").properties()) {
      JsonNode own = set.getValue().at("/end/agreement");
      if (result.at("/definitions/drifts").isTextual() && own.isNumber()) {
        String pointer = "/evaluation/" + set.getKey().replace("~", "~0").replace("/", "~1");
        rows.add(
            measure(
                "agreement with the start, " + set.getKey(),
                own,
                result,
                baselines,
                pointer + "/agreement"));
      }
    }
    List<String> headers = new ArrayList<>(List.of("Measure", "path"));
    headers.addAll(baselines);
    return new ReportTable(
        "What was kept",
        headers,
        rows,
        "Agreement: share of examples whose largest output is where the start network has it."
            + " Backward transfer: mean, over all tasks but the last, of the accuracy at the end less"
            + " that right after the task; forgetting: of the best before the last task less that at"
            + " the end.");
  }

  private static List<String> measure(
      String name, JsonNode own, JsonNode result, List<String> baselines, String pointer) {
    List<String> row = new ArrayList<>(List.of(name, Verdict.percent(own.asDouble())));
    for (String baseline : baselines) {
      JsonNode value = result.path("baselines").path(baseline).at(pointer);
      row.add(value.isNumber() ? Verdict.percent(value.asDouble()) : "–");
    }
    return row;
  }

  /** What networks at each sparsity do, beside the baselines. */
  static ReportTable curve(JsonNode result) {
    JsonNode curve = result.at("/sparsity/curve");
    List<String> baselines = new ArrayList<>();
    result.path("baselines").fieldNames().forEachRemaining(baselines::add);
    List<String> headers = new ArrayList<>(List.of("Zeros, evaluated on", "path"));
    headers.addAll(baselines);
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < curve.size(); i++) {
      JsonNode entry = curve.get(i);
      for (Map.Entry<String, JsonNode> set : entry.path("evaluation").properties()) {
        List<String> row = new ArrayList<>();
        row.add(Verdict.percent(entry.path("achieved").asDouble()) + ", " + set.getKey());
        row.add(Verdict.percent(set.getValue().path("accuracy").asDouble()));
        for (String name : baselines) {
          JsonNode accuracy =
              result
                  .path("baselines")
                  .path(name)
                  .path("curve")
                  .path(i)
                  .path("evaluation")
                  .path(set.getKey())
                  .path("accuracy");
          row.add(accuracy.isNumber() ? Verdict.percent(accuracy.asDouble()) : "–");
        }
        rows.add(row);
      }
    }
    return new ReportTable(
        "Accuracy by sparsity",
        headers,
        rows,
        "Zeros as a share of the weights and biases of all tensors that may become sparse.");
  }

  /** What an ensemble can do, beside that of independent networks if there is one. */
  static ReportTable ensemble(JsonNode result) {
    List<List<String>> rows = new ArrayList<>();
    for (Map.Entry<String, JsonNode> set : result.at("/ensemble/evaluation").properties()) {
      Map<String, String> figures = new LinkedHashMap<>();
      figures.put("ensemble", "/accuracy");
      figures.put("disagreement of two members", "/disagreement");
      figures.put("expected calibration error", "/expectedCalibrationError");
      figures.put("attack on a member: itself", "/againstMember/itself");
      figures.put("attack on a member: another member", "/againstMember/otherMember");
      figures.put("attack on a member: ensemble", "/againstMember/ensemble");
      figures.put("attack on a member: ensemble without it", "/againstMember/ensembleWithout");
      figures.put("attack on the ensemble: ensemble", "/againstEnsemble/ensemble");
      figures.forEach(
          (name, pointer) -> {
            List<String> row = new ArrayList<>();
            row.add(set.getKey() + ", " + name);
            row.add(Verdict.percent(set.getValue().at(pointer).asDouble()));
            if (result.has("independent")) {
              row.add(independent(result, set.getKey(), pointer));
            }
            rows.add(row);
          });
    }
    return new ReportTable(
        "What the ensemble can do",
        result.has("independent")
            ? List.of("Figure", "These networks", "Independent ones")
            : List.of("Figure", "These networks"),
        rows,
        "Accuracies, but where another figure is named.");
  }

  private static String independent(JsonNode result, String set, String pointer) {
    JsonNode value = result.at("/independent/evaluation").path(set).at(pointer);
    return value.isNumber() ? Verdict.percent(value.asDouble()) : "–";
  }

  /** What a chain has come to after each of its operations. */
  static ReportTable course(List<StoredRun> runs, JsonNode zeros) {
    List<String> sets = new ArrayList<>();
    runs.forEach(
        run ->
            Verdict.plain(run.series()).keySet().stream()
                .filter(set -> !sets.contains(set))
                .forEach(sets::add));
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      List<String> row = new ArrayList<>(List.of(runs.get(i).name()));
      for (String set : sets) {
        NavigableMap<Long, Evaluation> byStep = Verdict.plain(runs.get(i).series()).get(set);
        row.add(byStep == null ? "–" : Verdict.percent(byStep.lastEntry().getValue().accuracy()));
      }
      row.add(i < zeros.size() ? Verdict.percent(zeros.get(i).asDouble()) : "–");
      rows.add(row);
    }
    List<String> headers = new ArrayList<>(List.of("After"));
    headers.addAll(sets);
    headers.add("Zeros");
    return new ReportTable("After each operation", headers, rows, "Accuracy, and zeros.");
  }
}
