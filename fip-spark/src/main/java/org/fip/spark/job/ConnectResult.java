package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.fip.spark.recipe.Measure;

/**
 * A path between two networks beside the straight line.
 *
 * @param report what every command reports
 * @param path the path
 * @param straight the straight line
 */
public record ConnectResult(ObjectNode report, Course path, Course straight) implements JobResult {

  @Override
  public ObjectNode toJson() {
    ObjectNode json = report.deepCopy();
    ObjectNode connect = json.putObject("connect");
    connect.set("path", path.toJson(json));
    connect.set("straight", straight.toJson(json));
    connect
        .putObject("definitions")
        .put(
            "accuracyDrop",
            "greatest drop below the line between the accuracies at both ends, at this t of 0 to 1")
        .put("barrier", "greatest rise above the line between the losses at both ends")
        .put("accuracy", "at evenly spaced points, both ends included");
    return json;
  }

  @Override
  public Map<String, Double> figures() {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (String set : path.sets()) {
      figures.put(Measure.DROP + set, path.loss(set).accuracyDrop());
      figures.put(Measure.BARRIER + set, path.loss(set).barrier());
    }
    return figures;
  }

  @Override
  public String summary() {
    TextTable table = new TextTable().row("", "path", "straight line");
    table.row("length in weights", number(path.lengthWeights()), number(straight.lengthWeights()));
    table.row("length in outputs", number(path.lengthOutputs()), number(straight.lengthOutputs()));
    for (String set : path.sets()) {
      table.row(
          set + ": drop of accuracy, points",
          points(path.loss(set).accuracyDrop()),
          points(straight.loss(set).accuracyDrop()));
      table.row(
          set + ": barrier of the loss",
          number(path.loss(set).barrier()),
          number(straight.loss(set).barrier()));
    }
    return table + String.format("%nstore %s", report.path("store").asText());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  private static String points(double share) {
    return String.format(Locale.ROOT, "%.2f", 100 * share);
  }
}
