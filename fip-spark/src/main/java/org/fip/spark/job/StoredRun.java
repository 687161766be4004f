package org.fip.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.fip.core.path.Walk;
import org.fip.spark.recipe.Command;
import org.fip.spark.report.PathSeries;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StatusFile;
import org.fip.spark.store.WaypointMeasurements;

/**
 * A stored path as reports see it: what was measured at its whole waypoints, and what is wrong with
 * the others.
 */
final class StoredRun {
  private final PathStore store;
  private final PathSeries series;
  private final List<String> problems;
  private final Optional<PathStatus> status;

  private StoredRun(
      PathStore store, PathSeries series, List<String> problems, Optional<PathStatus> status) {
    this.store = store;
    this.series = series;
    this.problems = problems;
    this.status = status;
  }

  /**
   * Reads a store, but not its weights.
   *
   * @param name what the path is called in the report
   * @throws FipException STORAGE when the file system fails
   */
  static StoredRun read(Configuration hadoop, PathStore store, String name) {
    List<Measurement> measurements = new ArrayList<>();
    Map<String, NavigableMap<Long, Evaluation>> evaluations = sets(store.description().recipe());
    List<String> problems = new ArrayList<>();
    for (long step : store.steps()) {
      try {
        WaypointMeasurements waypoint = store.measured(step);
        measurements.addAll(waypoint.measurements());
        waypoint
            .evaluation()
            .forEach(
                (set, evaluation) ->
                    evaluations.computeIfAbsent(set, s -> new TreeMap<>()).put(step, evaluation));
      } catch (FipException e) {
        problems.add(unlessStorageFailed(e) + "; what was measured there is left out");
      }
    }
    evaluations.values().removeIf(Map::isEmpty);
    return new StoredRun(
        store,
        new PathSeries(name, measurements, evaluations),
        problems,
        status(hadoop, store, problems));
  }

  /** The evaluation sets in the order of the recipe, each followed by those under attack. */
  private static Map<String, NavigableMap<Long, Evaluation>> sets(ObjectNode recipe) {
    Map<String, NavigableMap<Long, Evaluation>> sets = new LinkedHashMap<>();
    recipe
        .path("evaluate")
        .fieldNames()
        .forEachRemaining(
            set ->
                List.of(set, set + Walk.ASCENT, set + Walk.ROBUST)
                    .forEach(name -> sets.put(name, new TreeMap<>())));
    return sets;
  }

  /** Whether the tasks of its recipe were to be learned. */
  boolean learns() {
    return command().equals(Command.ADAPT.label()) || command().equals(Command.TRAIN.label());
  }

  /** Whether a set is called as a task, so that it is what was to be learned. */
  boolean isTask(String set) {
    for (JsonNode task : recipe().path("tasks")) {
      if (task.path("name").asText().equals(set)) {
        return true;
      }
    }
    return false;
  }

  /** What is wrong, in words. */
  static String unlessStorageFailed(FipException e) {
    if (e.category() == FipException.Category.STORAGE) {
      throw e;
    }
    return e.getMessage();
  }

  private static Optional<PathStatus> status(
      Configuration hadoop, PathStore store, List<String> problems) {
    try {
      return new StatusFile(hadoop, new Path(store.location())).read();
    } catch (FipException e) {
      problems.add(unlessStorageFailed(e));
      return Optional.empty();
    }
  }

  PathStore store() {
    return store;
  }

  PathSeries series() {
    return series;
  }

  String name() {
    return series.name();
  }

  List<String> problems() {
    return problems;
  }

  ObjectNode recipe() {
    return store.description().recipe();
  }

  /** The command that walked it; empty when the store does not say. */
  String command() {
    return store.description().provenance().getOrDefault(Sources.COMMAND, "");
  }

  /** The last measurement; empty when there is none. */
  Optional<Measurement> last() {
    List<Measurement> all = series.measurements();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** Whether it came to its end. */
  boolean finished() {
    return store.hasNetwork();
  }

  /** Where it stands and why, for one that has not come to its end. */
  String state() {
    long step = last().map(Measurement::step).orElse(0L);
    if (status.isEmpty()) {
      return "stands at step " + step;
    }
    PathStatus known = status.get();
    String place = "at step " + step + " of " + known.progress().steps();
    if (known.abandoned(Instant.now())) {
      return "its process ended " + place;
    }
    return switch (known.state()) {
      case RUNNING -> "is walked, " + place;
      case FAILED -> "failed " + place + ": " + known.reason();
      case STOPPED -> "was stopped " + place;
      default -> "stands " + place;
    };
  }
}
