package org.fip.spark.explore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/**
 * How far a point of an exploration is. Immutable.
 *
 * @param name of the point
 * @param parameters what the grid gives it, by recipe key
 * @param status what is known of it
 * @param attempts how often its path was begun or taken up
 * @param figures by step, what was measured there: at rungs and at the end
 * @param category kind of the last failure, null unless it failed
 * @param error line of the last failure, null unless it failed
 */
record PointState(
    String name,
    ObjectNode parameters,
    Status status,
    int attempts,
    NavigableMap<Long, Map<String, Double>> figures,
    Category category,
    String error) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is known of a point. */
  enum Status {
    /** Its path has not been begun, or is on its way. */
    OPEN,
    /** Its path is at its end. */
    FINISHED,
    /** Better paths dominated it at a rung. */
    STOPPED,
    /** Every attempt failed. */
    FAILED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  PointState {
    parameters = parameters.deepCopy();
    figures = Collections.unmodifiableNavigableMap(new TreeMap<>(figures));
  }

  static PointState open(String name, ObjectNode parameters) {
    return new PointState(name, parameters, Status.OPEN, 0, new TreeMap<>(), null, null);
  }

  PointState with(Status newStatus) {
    return new PointState(name, parameters, newStatus, attempts, figures, null, null);
  }

  PointState withParameters(ObjectNode newParameters) {
    return new PointState(name, newParameters, status, attempts, figures, category, error);
  }

  PointState withAttempts(int more) {
    return new PointState(name, parameters, status, attempts + more, figures, category, error);
  }

  PointState measured(long step, Map<String, Double> values, Status newStatus) {
    NavigableMap<Long, Map<String, Double>> all = new TreeMap<>(figures);
    all.put(step, values);
    return new PointState(name, parameters, newStatus, attempts, all, null, null);
  }

  PointState failed(Category kind, String line) {
    return new PointState(name, parameters, Status.FAILED, attempts, figures, kind, line);
  }

  boolean finished() {
    return status == Status.FINISHED;
  }

  /** Steps walked so far, as far as they were measured. */
  long steps() {
    return figures.isEmpty() ? 0 : figures.lastKey();
  }

  /** What was measured last; nothing when nothing was. */
  Map<String, Double> last() {
    return figures.isEmpty() ? Map.of() : figures.lastEntry().getValue();
  }

  ObjectNode toJson() {
    ObjectNode json = JSON.createObjectNode().put("name", name);
    json.set("parameters", parameters.deepCopy());
    json.put("status", status.label()).put("attempts", attempts);
    ObjectNode byStep = json.putObject("figures");
    figures.forEach(
        (step, values) -> {
          ObjectNode entry = byStep.putObject(Long.toString(step));
          values.forEach(entry::put);
        });
    if (error != null) {
      json.put("category", category.name()).put("error", error);
    }
    return json;
  }

  static PointState parse(String json) {
    try {
      return of((ObjectNode) JSON.readTree(json));
    } catch (JsonProcessingException e) {
      throw new FipException(Category.INTERNAL, "the state of a point is not JSON", e);
    }
  }

  static PointState of(ObjectNode json) {
    NavigableMap<Long, Map<String, Double>> figures = new TreeMap<>();
    json.path("figures")
        .properties()
        .forEach(
            entry -> {
              Map<String, Double> values = new LinkedHashMap<>();
              entry
                  .getValue()
                  .properties()
                  .forEach(value -> values.put(value.getKey(), value.getValue().asDouble()));
              figures.put(Long.valueOf(entry.getKey()), values);
            });
    JsonNode error = json.get("error");
    return new PointState(
        json.path("name").asText(),
        json.withObject("/parameters"),
        Status.valueOf(json.path("status").asText().toUpperCase(Locale.ROOT)),
        json.path("attempts").asInt(),
        figures,
        error == null ? null : Category.valueOf(json.path("category").asText()),
        error == null ? null : error.asText());
  }
}
