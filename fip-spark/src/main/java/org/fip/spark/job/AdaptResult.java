package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.fip.core.manifold.Evaluation;
import org.fip.spark.recipe.Incremental;

/**
 * Where continual learning ended.
 *
 * @param tasks names of the tasks, in order
 * @param evaluations names of the evaluation sets
 * @param incremental what each task adds
 * @param path the path
 * @param baselines the walk of each baseline
 */
public record AdaptResult(
    List<String> tasks,
    List<String> evaluations,
    Incremental incremental,
    Run path,
    Map<String, Run> baselines)
    implements JobResult {

  /**
   * One walk through all tasks.
   *
   * @param report what every command reports
   * @param evaluations by set: at the start, then after each task; joint training has one task
   * @param gradients what its steps cost, in gradients of a step's batches
   * @param weights the weight of the drift that was chosen for each task; NaN where none was
   * @param drifts at the end of each task, from the network that it started from; empty where
   *     nothing was kept
   */
  public record Run(
      ObjectNode report,
      List<Map<String, Evaluation>> evaluations,
      double gradients,
      List<Double> weights,
      List<Optional<Double>> drifts) {

    /** The greatest drift of a task, NaN if one is; 0 where nothing was kept. */
    double greatestDrift() {
      return drifts.stream().flatMap(Optional::stream).max(Double::compare).orElse(0.0);
    }

    private void putFiguresInto(ObjectNode json) {
      json.put("gradientEvaluations", gradients);
      if (weights.stream().anyMatch(weight -> !weight.isNaN())) {
        ArrayNode chosen = json.putArray("anchorWeights");
        weights.forEach(weight -> chosen.add(weight.isNaN() ? null : weight));
      }
      ArrayNode byTask = json.putArray("drifts");
      drifts.forEach(drift -> byTask.add(drift.orElse(null)));
    }

    /** The last evaluation, by set. */
    public Map<String, Evaluation> end() {
      return evaluations.get(evaluations.size() - 1);
    }
  }

  @Override
  public ObjectNode toJson() {
    ObjectNode json = path.report.deepCopy();
    json.put("incremental", incremental.label());
    path.putFiguresInto(json);
    ObjectNode byBaseline = json.putObject("baselines");
    baselines.forEach((name, run) -> putBaseline(byBaseline.putObject(name), run));
    ObjectNode definitions = json.putObject("definitions");
    definitions.put(
        "agreement", "share of examples whose largest output is where the start network has it");
    definitions.put(
        "drift",
        "path.distance of the outputs on what is kept from those of the network that the last task"
            + " started from, mean over the examples; on the task's own where nothing is kept");
    definitions.put("drifts", "the same at the end of each task; null where nothing was kept");
    definitions.put(
        "length",
        "weights: sum of the Euclidean lengths of all steps; outputs: sum, from measurement to"
            + " measurement, of the root mean square of how far the outputs on what is kept move");
    definitions.put(
        "gradientEvaluations",
        "cost of all steps in gradients of a step's batches; forward-mode products count as 4/3, a"
            + " pass forward as 1/3, of their share of the examples");
    if (incremental == Incremental.TASK) {
      definitions.put(
          "accuracy",
          "share of examples whose largest output among those of their own task is at the label");
    }
    if (tasks.size() > 1) {
      new SequenceFigures(tasks, path.evaluations).putInto(json, definitions);
    }
    return json;
  }

  private void putBaseline(ObjectNode json, Run run) {
    ObjectNode evaluation = json.putObject("evaluation");
    run.end()
        .forEach(
            (set, end) ->
                evaluation
                    .putObject(set)
                    .put("accuracy", end.accuracy())
                    .put("loss", end.loss())
                    .put("agreement", end.agreement()));
    json.set("drift", run.report.path("drift"));
    json.set("length", run.report.path("length"));
    json.put("seconds", run.report.path("seconds").asDouble());
    run.putFiguresInto(json);
    if (tasks.size() > 1) {
      new SequenceFigures(tasks, run.evaluations).putInto(json, null);
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
      row.add(TextTable.percent(path.end().get(set)));
      baselines.values().forEach(run -> row.add(TextTable.percent(run.end().get(set))));
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
