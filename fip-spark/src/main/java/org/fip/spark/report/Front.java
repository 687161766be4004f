package org.fip.spark.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The points of an exploration and which of them no other one dominates.
 *
 * @param measures what they are compared by, at least one
 * @param points the best first
 */
public record Front(List<Scale> measures, List<Point> points) {

  /**
   * A measure.
   *
   * @param name what it is called
   * @param of what is measured
   * @param share whether its values are fractions, shown in per cent
   * @param higher whether more is better
   */
  public record Scale(String name, String of, boolean share, boolean higher) {}

  /**
   * A point.
   *
   * @param name what it is called
   * @param rank among the finished ones, null unless it is finished
   * @param pareto whether it is finished and no other one dominates it
   * @param status in one word
   * @param parameters what the grid gives it, by recipe key
   * @param values by name of the measure; those not measured are absent
   * @param steps steps walked
   * @param network where its network is, a place that a browser opens; empty where there is none
   * @param export the command that exports its network; empty where there is none
   * @param problem why it failed; empty unless it did
   */
  public record Point(
      String name,
      Integer rank,
      boolean pareto,
      String status,
      Map<String, String> parameters,
      Map<String, Double> values,
      long steps,
      String network,
      String export,
      String problem) {

    /** Copies the maps. */
    public Point {
      parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }

  /** Copies the lists. */
  public Front {
    measures = List.copyOf(measures);
    points = List.copyOf(points);
  }
}
