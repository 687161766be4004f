package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import org.fip.core.manifold.Evaluation;

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
  public String summary() {
    TextTable table = new TextTable().row("accuracy %", "start", "end");
    end.forEach(
        (set, evaluation) ->
            table.row(set, TextTable.percent(start.get(set)), TextTable.percent(evaluation)));
    String sparsity =
        report.has("sparsity")
            ? String.format(
                Locale.ROOT,
                "zeros %.2f %% of %s%n",
                100 * report.path("sparsity").path("achieved").asDouble(),
                report.path("sparsity").path("counted").asText())
            : "";
    return String.format("%s%n%snetwork %s", table, sparsity, report.path("network").asText());
  }
}
