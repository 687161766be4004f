package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fip.core.manifold.Evaluation;
import org.fip.spark.recipe.AttackSettings;
import org.fip.spark.recipe.Labels;
import org.fip.spark.recipe.RobustifySettings;
import org.fip.spark.store.WaypointSummary;

/**
 * Accuracy with and without attacks along a path.
 *
 * @param report what every command reports
 * @param sets names of the evaluations, each set by itself and under attacks
 * @param settings the attacks
 * @param waypoints of the path
 */
public record RobustifyResult(
    ObjectNode report,
    List<String> sets,
    RobustifySettings settings,
    List<WaypointSummary> waypoints)
    implements JobResult {

  private List<WaypointSummary> evaluated() {
    return waypoints.stream().filter(waypoint -> !waypoint.evaluation().isEmpty()).toList();
  }

  private static double drift(WaypointSummary waypoint) {
    return waypoint.last().orElseThrow().drift();
  }

  @Override
  public ObjectNode toJson() {
    ObjectNode json = report.deepCopy();
    ObjectNode robustness = json.putObject("robustness");
    AttackSettings attack = settings.attack();
    robustness.put("norm", Labels.of(attack.norm())).put("epsilon", attack.epsilon());
    robustness.put(
        "definition",
        "NAME pgd: no image of projected gradient ascent is misclassified; NAME robust: none of"
            + " adaptive ascent and the square attack either; epsilon in pixels from 0 to 1");
    ArrayNode along = robustness.putArray("alongPath");
    for (WaypointSummary waypoint : evaluated()) {
      ObjectNode entry = along.addObject().put("step", waypoint.step());
      entry.put("drift", drift(waypoint));
      ObjectNode accuracy = entry.putObject("accuracy");
      waypoint.evaluation().forEach((set, found) -> accuracy.put(set, found.accuracy()));
    }
    return json;
  }

  @Override
  public String summary() {
    List<String> head = new ArrayList<>(List.of("accuracy % at step"));
    head.addAll(sets);
    head.add("drift");
    TextTable table = new TextTable().row(head);
    for (WaypointSummary waypoint : evaluated()) {
      List<String> row = new ArrayList<>(List.of(Long.toString(waypoint.step())));
      for (String set : sets) {
        Evaluation evaluation = waypoint.evaluation().get(set);
        row.add(TextTable.percent(evaluation));
      }
      row.add(String.format(Locale.ROOT, "%.4g", drift(waypoint)));
      table.row(row);
    }
    return table + String.format("%nnetwork %s", report.path("network").asText());
  }
}
