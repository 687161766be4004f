package org.fip.spark.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where another way of doing the same ended.
 *
 * @param name such as {@code fine-tuning}
 * @param accuracies final accuracy by name of the evaluation set, a fraction
 */
public record Baseline(String name, Map<String, Double> accuracies) {

  /** Copies the map. */
  public Baseline {
    accuracies = Collections.unmodifiableMap(new LinkedHashMap<>(accuracies));
  }
}
