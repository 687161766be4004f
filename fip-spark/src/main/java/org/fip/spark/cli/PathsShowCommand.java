package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.fip.spark.job.TextTable;
import org.fip.spark.store.PathSummary;
import org.fip.spark.store.WaypointSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fip paths show}. */
@Command(
    name = "show",
    description = "Shows what a path was made from and what was measured at its waypoints.",
    footer = {"  fip paths show paths/digits-to-fashion"})
final class PathsShowCommand extends FipCommand {
  @Parameters(
      paramLabel = "STORE",
      description = "The path store; of a store of nights, the published night's.")
  private String store;

  @Override
  Outcome run(Session session) {
    PathSummary summary = OpenedPaths.published(session, "STORE", store).describe();
    Optional<StatusLine> status = StatusLine.read(session.hadoop(), new Path(summary.location()));
    return Outcome.of(toJson(summary, status), toText(summary, status));
  }

  private static ObjectNode toJson(PathSummary summary, Optional<StatusLine> status) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("store", summary.location());
    json.put("network", summary.network());
    status.ifPresent(line -> line.putTo(json));
    json.set("recipe", summary.description().recipe());
    ObjectNode provenance = json.putObject("provenance");
    summary.description().provenance().forEach(provenance::put);
    ArrayNode waypoints = json.putArray("waypoints");
    for (WaypointSummary waypoint : summary.waypoints()) {
      ObjectNode entry = waypoints.addObject().put("step", waypoint.step());
      entry.put("bytes", waypoint.bytes());
      waypoint.last().ifPresent(measurement -> Json.put(entry, measurement));
      Json.put(entry.putObject("evaluation"), waypoint.evaluation());
      waypoint.problem().ifPresent(problem -> entry.put("problem", problem));
    }
    return json;
  }

  private static String toText(PathSummary summary, Optional<StatusLine> status) {
    Set<String> sets = new TreeSet<>();
    summary.waypoints().forEach(waypoint -> sets.addAll(waypoint.evaluation().keySet()));
    List<String> headers = new ArrayList<>(List.of("STEP", "DRIFT", "LENGTH w", "LENGTH f", "MiB"));
    headers.addAll(sets);
    TextTable table = new TextTable().row(headers);
    for (WaypointSummary waypoint : summary.waypoints()) {
      table.row(row(waypoint, sets));
    }
    TextTable about = new TextTable().row("store", summary.location());
    summary.description().provenance().forEach(about::row);
    status.ifPresent(line -> about.row("state", line.text()));
    about.row("final network", summary.network() ? "written" : "not yet");
    return about + "\n\n" + (summary.waypoints().isEmpty() ? "no waypoints yet" : table);
  }

  private static List<String> row(WaypointSummary waypoint, Set<String> sets) {
    List<String> row = new ArrayList<>(List.of(Long.toString(waypoint.step())));
    if (waypoint.problem().isPresent()) {
      row.add("broken: " + waypoint.problem().get());
      return row;
    }
    row.add(waypoint.last().map(m -> format("%.4g", m.drift())).orElse("-"));
    row.add(waypoint.last().map(m -> format("%.3f", m.lengthWeights())).orElse("-"));
    row.add(waypoint.last().map(m -> format("%.3f", m.lengthOutputs())).orElse("-"));
    row.add(format("%.1f", waypoint.bytes() / (double) (1 << 20)));
    for (String set : sets) {
      row.add(
          waypoint.evaluation().containsKey(set)
              ? format("%.2f %%", 100 * waypoint.evaluation().get(set).accuracy())
              : "-");
    }
    return row;
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
