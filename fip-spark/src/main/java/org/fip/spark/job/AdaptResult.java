package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fip.core.manifold.Evaluation;

/**
 * Where continual learning ended.
 *
 * @param tasks names of the tasks, in order
 * @param evaluations names of the evaluation sets
 * @param path the path
 * @param baselines the walk of each baseline
 */
public record AdaptResult(
    List<String> tasks, List<String> evaluations, Run path, Map<String, Run> baselines)
    implements JobResult {

  /**
   * One walk through all tasks.
   *
   * @param report what every command reports
   * @param evaluations by set: at the start, then after each task; joint training has one task
   */
  public record Run(ObjectNode report, List<Map<String, Evaluation>> evaluations) {

    /** The last evaluation, by set. */
    public Map<String, Evaluation> end() {
      return evaluations.get(evaluations.size() - 1);
    }
  }

  @Override
  public ObjectNode toJson() {
    ObjectNode json = path.report.deepCopy();
    ObjectNode byBaseline = json.putObject("baselines");
    baselines.forEach((name, run) -> putBaseline(byBaseline.putObject(name), run));
    ObjectNode definitions = json.putObject("definitions");
    definitions.put(
        "agreement",
        "share of examples whose largest output is where the network has it that the task started"
            + " from");
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
