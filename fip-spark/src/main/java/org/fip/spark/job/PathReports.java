package org.fip.spark.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.fip.core.path.Waypoint;
import org.fip.spark.report.PathSeries;
import org.fip.spark.store.PathStore;

/** What reports show of path stores. */
public final class PathReports {
  private PathReports() {}

  /** All measurements and evaluations of a store's waypoints. */
  public static PathSeries series(String name, PathStore store) {
    List<Measurement> measurements = new ArrayList<>();
    Map<String, NavigableMap<Long, Evaluation>> evaluations = new LinkedHashMap<>();
    for (long step : store.steps()) {
      Waypoint waypoint = store.read(step);
      measurements.addAll(waypoint.measurements());
      waypoint
          .evaluation()
          .forEach(
              (set, evaluation) ->
                  evaluations.computeIfAbsent(set, s -> new TreeMap<>()).put(step, evaluation));
    }
    return new PathSeries(name, measurements, evaluations);
  }
}
