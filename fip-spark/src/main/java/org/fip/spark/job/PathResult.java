package org.fip.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fip.core.manifold.Evaluation;
import org.fip.spark.recipe.Measure;

/**
 * Where a single path ended.
 *
 * @param report what every command reports, and what this one adds
 * @param start evaluation at the start, by set
 * @param end evaluation at the end, by set
 */
public record PathResult(
    ObjectNode report, Map<String, Evaluation> start, Map<String, Evaluation> end)
    implements JobResult {

  @Override
  public ObjectNode toJson() {
    return report.deepCopy();
  }

  @Override
  public Map<String, Double> figures() {
    return report.has("sparsity")
        ? Map.of(Measure.ZEROS, report.at("/sparsity/achieved").asDouble())
        : Map.of();
  }

  @Override
  public String summary() {
    TextTable table = new TextTable().row("accuracy %", "start", "end");
    end.forEach(
        (set, evaluation) ->
            table.row(set, TextTable.percent(start.get(set)), TextTable.percent(evaluation)));
    return String.format("%s%n%snetwork %s", table, sparsity(), report.path("network").asText());
  }

  /**
   * What the network at each sparsity does, beside the baselines; nothing when it is not sparse.
   */
  private String sparsity() {
    if (!report.has("sparsity")) {
      return "";
    }
    JsonNode curve = report.at("/sparsity/curve");
    List<String> baselines = new ArrayList<>();
    report.path("baselines").fieldNames().forEachRemaining(baselines::add);
    List<String> head = new ArrayList<>(List.of("zeros %", "set", "path %"));
    baselines.forEach(name -> head.add(name + " %"));
    TextTable table = new TextTable().row(head);
    for (int i = 0; i < curve.size(); i++) {
      for (String set : end.keySet()) {
        JsonNode entry = curve.get(i);
        List<String> row = new ArrayList<>();
        row.add(percent(entry.path("achieved")));
        row.add(set);
        row.add(accuracy(entry, set));
        for (String name : baselines) {
          row.add(accuracy(report.path("baselines").path(name).path("curve").path(i), set));
        }
        table.row(row);
      }
    }
    return String.format("%n%s%nof %s%n", table, report.at("/sparsity/counted").asText());
  }

  private static String accuracy(JsonNode entry, String set) {
    return percent(entry.path("evaluation").path(set).path("accuracy"));
  }

  private static String percent(JsonNode fraction) {
    return String.format(Locale.ROOT, "%.2f", 100 * fraction.asDouble());
  }
}
