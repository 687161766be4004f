package org.fip.spark.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;

/**
 * What was measured along one path.
 *
 * @param name what the path is called
 * @param measurements in step order
 * @param evaluations by name of the evaluation set, then by step; the first step is the start
 */
public record PathSeries(
    String name,
    List<Measurement> measurements,
    Map<String, NavigableMap<Long, Evaluation>> evaluations) {

  /** Copies the collections. */
  public PathSeries {
    measurements = List.copyOf(measurements);
    Map<String, NavigableMap<Long, Evaluation>> copy = new LinkedHashMap<>();
    evaluations.forEach(
        (set, byStep) ->
            copy.put(set, Collections.unmodifiableNavigableMap(new TreeMap<>(byStep))));
    evaluations = Collections.unmodifiableMap(copy);
  }
}
