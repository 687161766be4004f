package org.fip.spark.explore;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.spark.explore.PointState.Status;
import org.fip.spark.job.PathReports;
import org.fip.spark.recipe.Measure;
import org.fip.spark.report.Front;
import org.fip.spark.report.ReportData;
import org.fip.spark.report.ShellCommands;
import org.fip.spark.store.PathStore;

/** The report of an exploration, made from its folder, while its paths are walked as well. */
public final class ExplorationReport {
  /** Paths of the Pareto set whose course is shown. */
  private static final int MOST_PATHS = 6;

  private final Configuration hadoop;
  private final Path place;
  private final ExplorationStore.Begun begun;
  private final List<Row> rows;
  private final List<Row> pareto;

  private ExplorationReport(Configuration hadoop, Path place) {
    this.hadoop = hadoop;
    this.place = place;
    ExplorationStore store = new ExplorationStore(hadoop, place);
    begun = store.begun();
    rows =
        Row.all(
            store.states().values(),
            store,
            new Ranking(begun.measures(), begun.rank()),
            name -> true);
    pareto = rows.stream().filter(Row::pareto).toList();
  }

  /** Whether a folder holds an exploration. */
  public static boolean isAt(Configuration hadoop, Path place) {
    return ExplorationStore.isAt(hadoop, place);
  }

  /**
   * The report.
   *
   * @param from the folder that the report will be in; links to networks start there where they can
   * @throws FipException NOT_FOUND when no path was measured yet, DATA when documents are damaged
   */
  public static ReportData.Builder of(Configuration hadoop, Path place, Path from) {
    return new ExplorationReport(hadoop, place).report(from);
  }

  private ReportData.Builder report(Path from) {
    if (rows.isEmpty()) {
      throw FipException.notFound("%s: no path was measured yet; run explore", place);
    }
    Map<String, PathStore> shown = new LinkedHashMap<>();
    for (Row row : pareto.subList(0, Math.min(MOST_PATHS, pareto.size()))) {
      String name = "no. " + (shown.size() + 1) + ", " + row.state().name();
      shown.put(name, PathStore.open(hadoop, path(row)));
    }
    String title = "Exploration of " + String.join(", ", begun.grid());
    ReportData.Builder report =
        shown.isEmpty()
            ? ReportData.about(title, verdict()).origin(begun.recipe().toString(), Map.of())
            : PathReports.side(hadoop, title, verdict(), shown);
    if (pareto.size() > MOST_PATHS) {
      report.note(
          "Of the paths of the Pareto set the first %d are shown below.".formatted(MOST_PATHS));
    }
    Map<String, String> asked = new LinkedHashMap<>();
    asked.put("Grid", String.join(", ", begun.grid()));
    asked.put(
        "Compared by",
        begun.measures().entrySet().stream()
            .map(entry -> entry.getKey() + " (" + entry.getValue().of() + ")")
            .collect(Collectors.joining(", ")));
    asked.put("Ranked by", begun.rank());
    return report
        .asked(asked)
        .front(front(from))
        .command("Make this report again", ShellCommands.report(List.of(place.toString())));
  }

  private String verdict() {
    long finished = count(Status.FINISHED);
    List<String> parts = new ArrayList<>();
    parts.add("%d of %d paths are at their end".formatted(finished, rows.size()));
    if (!pareto.isEmpty()) {
      parts.add(
          pareto.size() == 1
              ? "one of them is at least as good as all others by every measure"
              : "%d of them are not dominated".formatted(pareto.size()));
      Row best = rows.get(0);
      parts.add(
          "the first in rank, %s, has %s".formatted(best.state().name(), values(best.state())));
    }
    add(parts, Status.STOPPED, "stopped early");
    add(parts, Status.FAILED, "failed");
    add(parts, Status.OPEN, "not at their end");
    return String.join("; ", parts) + ".";
  }

  private void add(List<String> parts, Status status, String words) {
    if (count(status) > 0) {
      parts.add(count(status) + " " + words);
    }
  }

  private long count(Status status) {
    return rows.stream().filter(row -> row.state().status() == status).count();
  }

  private String values(PointState state) {
    List<String> texts = new ArrayList<>();
    begun
        .measures()
        .forEach(
            (name, measure) -> {
              double value = Ranking.value(state.last(), measure);
              texts.add(
                  name
                      + " "
                      + (measure.isShare()
                          ? String.format(Locale.ROOT, "%.2f %%", 100 * value)
                          : String.format(Locale.ROOT, "%.4g", value)));
            });
    return String.join(", ", texts);
  }

  private Front front(Path from) {
    List<Front.Scale> scales = new ArrayList<>();
    begun
        .measures()
        .forEach(
            (name, measure) ->
                scales.add(
                    new Front.Scale(
                        name,
                        measure.of(),
                        measure.isShare(),
                        measure.better() == Measure.Better.HIGHER)));
    return new Front(scales, rows.stream().map(row -> point(row, from)).toList());
  }

  private Front.Point point(Row row, Path from) {
    PointState state = row.state();
    Map<String, String> parameters = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : state.parameters().properties()) {
      parameters.put(entry.getKey(), Columns.text(entry.getValue()));
    }
    Map<String, Double> values = new LinkedHashMap<>();
    begun
        .measures()
        .forEach(
            (name, measure) -> {
              double value = Ranking.value(state.last(), measure);
              if (!Double.isNaN(value)) {
                values.put(name, value);
              }
            });
    return new Front.Point(
        state.name(),
        row.rank(),
        row.pareto(),
        state.status().label(),
        parameters,
        values,
        state.steps(),
        state.finished() ? link(new Path(path(row), "network"), from) : "",
        state.finished() ? ShellCommands.export(path(row).toString(), state.name()) : "",
        state.error() == null ? "" : state.error());
  }

  /** The path of a point; of an ensemble that of its first member. */
  private Path path(Row row) {
    Path store = new Path(row.store());
    return PathStore.exists(hadoop, store) ? store : new Path(store, "members/00");
  }

  /** From the report's folder where the network is in it, else the whole place; none on HDFS. */
  private static String link(Path network, Path from) {
    String folder = from.toUri().getPath() + "/";
    String target = network.toUri().getPath();
    String scheme = network.toUri().getScheme();
    if (scheme != null && !scheme.equals("file")) {
      return "";
    }
    return target.startsWith(folder)
        ? new Path(target.substring(folder.length())).toUri().getRawPath() + "/"
        : java.nio.file.Path.of(target).toUri().toString();
  }
}
