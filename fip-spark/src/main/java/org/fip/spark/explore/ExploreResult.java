package org.fip.spark.explore;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.spark.explore.PointState.Status;
import org.fip.spark.job.JobResult;
import org.fip.spark.job.TextTable;
import org.fip.spark.recipe.Measure;
import org.fip.spark.report.ShellCommands;

/**
 * Where an exploration ended.
 *
 * @param output its folder, as the recipe says it
 * @param catalogue the table's file
 * @param measures what paths were compared by
 * @param rows all points, the best first
 * @param seconds how long it took this time
 */
public record ExploreResult(
    String output, String catalogue, Map<String, Measure> measures, List<Row> rows, double seconds)
    implements JobResult {
  private static final int MOST_ROWS = 50;
  private static final int MOST_FAILURES = 10;

  @Override
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("output", output).put("catalogue", catalogue);
    for (Status status : Status.values()) {
      json.put(status.label(), count(status));
    }
    json.put("seconds", seconds);
    ArrayNode points = json.putArray("points");
    rows.forEach(row -> points.add(toJson(row)));
    return json;
  }

  private ObjectNode toJson(Row row) {
    PointState state = row.state();
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", state.name());
    json.set("parameters", state.parameters().deepCopy());
    json.put("status", state.status().label()).put("rank", row.rank()).put("pareto", row.pareto());
    put(json.putObject("measures"), state.last());
    json.put("steps", state.steps());
    json.put("seconds", state.last().get("seconds"));
    json.put("attempts", state.attempts()).put("error", state.error()).put("store", row.store());
    ArrayNode rungs = json.putArray("rungs");
    state
        .figures()
        .forEach(
            (step, figures) -> {
              ObjectNode rung = rungs.addObject().put("steps", step);
              put(rung.putObject("measures"), figures);
            });
    return json;
  }

  private void put(ObjectNode json, Map<String, Double> figures) {
    measures.forEach((name, measure) -> json.put(name, figures.get(measure.of())));
  }

  private long count(Status status) {
    return rows.stream().filter(row -> row.state().status() == status).count();
  }

  @Override
  public String summary() {
    List<String> parts = new ArrayList<>();
    parts.add(table());
    List<Row> pareto = rows.stream().filter(Row::pareto).limit(MOST_ROWS).toList();
    if (!pareto.isEmpty()) {
      parts.add(
          "\n* not dominated by any other; to export one of them:\n"
              + pareto.stream().map(ExploreResult::export).collect(Collectors.joining("\n")));
    }
    List<Row> failed = rows.stream().filter(row -> row.state().error() != null).toList();
    failed.stream()
        .limit(MOST_FAILURES)
        .forEach(row -> parts.add("failed: " + row.state().name() + ": " + row.state().error()));
    parts.add(
        String.format(
            Locale.ROOT,
            "%d finished, %d stopped early, %d failed, in %.1f s%ncatalogue %s",
            count(Status.FINISHED),
            count(Status.STOPPED),
            count(Status.FAILED),
            seconds,
            catalogue));
    return String.join("\n", parts);
  }

  private static String export(Row row) {
    return "  " + ShellCommands.export(row.store().toString(), row.state().name());
  }

  private String table() {
    Set<String> keys = new LinkedHashSet<>();
    rows.forEach(row -> row.state().parameters().fieldNames().forEachRemaining(keys::add));
    TextTable table = new TextTable().row(header(keys));
    rows.stream().limit(MOST_ROWS).forEach(row -> table.row(cells(row, keys)));
    int more = rows.size() - MOST_ROWS;
    return more <= 0 ? table.toString() : table + "\n... and " + more + " more in the catalogue";
  }

  private List<String> header(Collection<String> keys) {
    List<String> header = new ArrayList<>(List.of("", "rank"));
    header.addAll(keys);
    measures.forEach((name, measure) -> header.add(measure.isShare() ? name + " %" : name));
    header.addAll(List.of("steps", "status"));
    return header;
  }

  private List<String> cells(Row row, Collection<String> keys) {
    PointState state = row.state();
    List<String> cells = new ArrayList<>();
    cells.add(row.pareto() ? "*" : "");
    cells.add(row.rank() == null ? "-" : row.rank().toString());
    for (String key : keys) {
      cells.add(state.parameters().has(key) ? Columns.text(state.parameters().get(key)) : "-");
    }
    measures.forEach((name, measure) -> cells.add(cell(measure, state.last())));
    cells.add(Long.toString(state.steps()));
    cells.add(state.status().label());
    return cells;
  }

  private static String cell(Measure measure, Map<String, Double> figures) {
    Double value = figures.get(measure.of());
    if (value == null) {
      return "-";
    }
    return measure.isShare()
        ? String.format(Locale.ROOT, "%.2f", 100 * value)
        : String.format(Locale.ROOT, "%.4g", value);
  }

  @Override
  public Optional<FipException> problem() {
    List<PointState> failed =
        rows.stream().map(Row::state).filter(s -> s.status() == Status.FAILED).toList();
    if (failed.isEmpty()) {
      return Optional.empty();
    }
    boolean alike = failed.stream().map(PointState::category).distinct().count() == 1;
    return Optional.of(
        new FipException(
            alike ? failed.get(0).category() : Category.TEMPORARY,
            String.format(
                "%d of %d points failed, the first with: %s; the same command tries them again",
                failed.size(), rows.size(), failed.get(0).error())));
  }
}
