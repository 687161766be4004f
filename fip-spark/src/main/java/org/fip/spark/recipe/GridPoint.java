package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One run of an exploration.
 *
 * @param parameters the values that the grid gives it, by recipe key
 * @param recipe the run's recipe
 */
public record GridPoint(Map<String, JsonNode> parameters, Recipe recipe) {

  /** Keeps the order of the grid. */
  public GridPoint {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }
}
