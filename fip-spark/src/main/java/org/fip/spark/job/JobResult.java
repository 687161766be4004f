package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import org.fip.core.FipException;

/** What a job ended with, for programs and for people. */
public interface JobResult {

  /** The whole result. */
  ObjectNode toJson();

  /** The result in a few lines, without a line break at the end. */
  String summary();

  /**
   * What explorations compare beside what is measured at the waypoints of a path, by the names that
   * {@link org.fip.spark.recipe.Measure} gives them.
   */
  default Map<String, Double> figures() {
    return Map.of();
  }

  /** Why the command fails although it has a result. */
  default Optional<FipException> problem() {
    return Optional.empty();
  }
}
