package org.fip.spark.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a night's network must hold to, to be published.
 *
 * @param kept by name of an evaluation set, how far the accuracy may fall below the best that a
 *     published network had on it, as a fraction; default nothing is asked
 * @param learned by name of an evaluation set, the least accuracy; default nothing is asked
 * @param drift the greatest drift of a task of the night from the network that it started from, in
 *     {@code path.distance}, mean over anchors; null for any
 */
public record GateSettings(Map<String, Double> kept, Map<String, Double> learned, Double drift) {
  private static final Range FRACTION = new Range(0, true, 1, true);

  /** Makes the maps unmodifiable and keeps their order. */
  public GateSettings {
    kept = Collections.unmodifiableMap(new LinkedHashMap<>(kept));
    learned = Collections.unmodifiableMap(new LinkedHashMap<>(learned));
  }

  static GateSettings read(Section section, Set<String> evaluations) {
    return new GateSettings(
        section.numbers("kept", evaluations, FRACTION),
        section.numbers("learned", evaluations, FRACTION),
        section.optionalNumber("drift", Range.NOT_NEGATIVE));
  }
}
