package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fip.core.FipException;

/**
 * Recipe keys with the values that each of them takes; the points are all combinations. Keys are
 * dotted ({@code path.steps: [...]}) or nested ({@code path: {steps: [...]}}); of two that mean the
 * same the later counts.
 */
final class Grid {
  static final String KEY = "grid";

  /** What stands before the keys of a grid where they are written in one. */
  static final String PREFIX = ExploreSettings.KEY + "." + KEY + ".";

  /** More points than anybody waits for; a mistyped range should not fill a disk. */
  private static final int MOST_POINTS = 100_000;

  static final String EXPECTED =
      "a mapping of recipe keys to lists of values, for example {path.anchorWeight: [0.02, 0.1]}";

  /** The values of one key, and where they were written. */
  private record Axis(List<JsonNode> values, String origin) {}

  private final Section section;
  private final Map<String, Axis> axes = new LinkedHashMap<>();

  private Grid(Section section) {
    this.section = section;
  }

  static Grid read(Section explore) {
    ObjectNode mapping = explore.optionalMapping(KEY, EXPECTED);
    if (mapping == null || mapping.isEmpty()) {
      throw explore.refuse(KEY, EXPECTED);
    }
    Grid grid = new Grid(explore);
    grid.collect(List.of(KEY), "", mapping);
    grid.check();
    return grid;
  }

  private void collect(List<String> place, String key, JsonNode node) {
    if (node instanceof ObjectNode mapping && !mapping.isEmpty()) {
      mapping
          .properties()
          .forEach(
              entry ->
                  collect(
                      RecipeTree.join(place, entry.getKey()),
                      key.isEmpty() ? entry.getKey() : key + "." + entry.getKey(),
                      entry.getValue()));
      return;
    }
    List<JsonNode> values = new ArrayList<>();
    node.forEach(values::add);
    String origin = section.origin(place);
    if (!node.isArray() || values.isEmpty()) {
      throw FipException.data(
          "%s: explore.grid: %s is %s; it must be a list of values, for example [1, 2]",
          origin, Scalars.quote(key), node.isArray() ? "an empty list" : Scalars.describe(node));
    }
    if (new HashSet<>(values).size() < values.size()) {
      throw FipException.data(
          "%s: explore.grid: %s has a value twice; remove one", origin, Scalars.quote(key));
    }
    axes.put(key, new Axis(values, origin));
  }

  private void check() {
    long points = 1;
    for (Map.Entry<String, Axis> axis : axes.entrySet()) {
      String key = axis.getKey();
      String first = key.split("\\.", 2)[0];
      if (Set.of("output", ExploreSettings.KEY, "baselines").contains(first)) {
        throw FipException.data(
            "%s: explore.grid: %s cannot differ from path to path; choose another key",
            axis.getValue().origin(), Scalars.quote(key));
      }
      for (String other : axes.keySet()) {
        if (other.startsWith(key + ".")) {
          throw FipException.data(
              "%s: explore.grid: %s is a part of %s, which is in the grid too; remove one",
              axes.get(other).origin(), Scalars.quote(other), Scalars.quote(key));
        }
      }
      points *= axis.getValue().values().size();
      if (points > MOST_POINTS) {
        throw FipException.data(
            "%s: explore.grid has more than %d points; explore it in parts",
            axis.getValue().origin(), MOST_POINTS);
      }
    }
  }

  Set<String> keys() {
    return axes.keySet();
  }

  /** All combinations, the last key changing fastest. */
  List<Map<String, JsonNode>> points() {
    List<Map<String, JsonNode>> points = List.of(Map.of());
    for (Map.Entry<String, Axis> axis : axes.entrySet()) {
      points =
          points.stream().map(point -> extend(point, axis)).flatMap(Collection::stream).toList();
    }
    return points;
  }

  private static List<Map<String, JsonNode>> extend(
      Map<String, JsonNode> point, Map.Entry<String, Axis> axis) {
    List<Map<String, JsonNode>> longer = new ArrayList<>();
    for (JsonNode value : axis.getValue().values()) {
      Map<String, JsonNode> next = new LinkedHashMap<>(point);
      next.put(axis.getKey(), value);
      longer.add(next);
    }
    return longer;
  }

  /** A recipe with a point's values. */
  RecipeTree lay(Map<String, JsonNode> point, RecipeTree recipe) {
    RecipeTree tree = recipe;
    for (Map.Entry<String, JsonNode> value : point.entrySet()) {
      String origin = axes.get(value.getKey()).origin();
      tree = tree.with(value.getKey(), value.getValue().deepCopy(), origin);
    }
    return tree;
  }
}
