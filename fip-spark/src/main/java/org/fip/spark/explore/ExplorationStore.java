package org.fip.spark.explore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.spark.recipe.Command;
import org.fip.spark.store.DocumentFolder;
import org.fip.spark.store.PathDescription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of an exploration.
 *
 * <pre>
 * exploration.json   command, what all recipes have in common, keys of the grid
 * points/NAME.json   state of each point, written by the task that walked it
 * paths/NAME/        path store of each point
 * catalogue.parquet  one row a point
 * </pre>
 */
final class ExplorationStore {
  static final String CATALOGUE = "catalogue.parquet";

  private static final Logger LOG = LoggerFactory.getLogger(ExplorationStore.class);
  private static final String EXPLORATION = "exploration";
  private static final String COMMAND = "command";
  private static final String GRID = "grid";
  private static final String RECIPE = "recipe";

  private final DocumentFolder root;
  private final DocumentFolder points;
  private ObjectNode document;

  ExplorationStore(Configuration configuration, Path folder) {
    root = new DocumentFolder(configuration, folder);
    points = new DocumentFolder(configuration, root.at("points"));
  }

  Path store(String name) {
    return new Path(root.at("paths"), name);
  }

  Path points() {
    return root.at("points");
  }

  Path catalogue() {
    return root.at(CATALOGUE);
  }

  /**
   * Takes up the exploration that is there, or prepares for a new one. While no path has been
   * measured, nothing has been begun that the recipe would have to agree with.
   *
   * @param keys of the grid, which may be others than before
   * @param recipe of any point
   * @return the states of all points that were ever walked here, by name
   * @throws FipException DATA with the first key when the recipes have other values in common than
   *     those that the exploration was begun with
   */
  Map<String, PointState> open(Command command, List<String> keys, ObjectNode recipe) {
    root.recover();
    points.recover();
    Map<String, PointState> states = states();
    boolean begun = states.values().stream().anyMatch(state -> !state.figures().isEmpty());
    Optional<ObjectNode> stored = begun ? root.read(EXPLORATION) : Optional.empty();
    Set<String> varied = new LinkedHashSet<>();
    stored.ifPresent(document -> document.path(GRID).forEach(key -> varied.add(key.asText())));
    varied.addAll(keys);
    ObjectNode common = JsonNodeFactory.instance.objectNode().put(COMMAND, command.label());
    common.set(RECIPE, recipe);
    varied.forEach(key -> remove(common.path(RECIPE), key));
    ObjectNode before = stored.map(document -> common(document, varied)).orElse(common);
    requireSame(before, common);
    document = before.deepCopy();
    varied.forEach(document.putArray(GRID)::add);
    return states;
  }

  /** Writes what the exploration is from now on. */
  void begin() {
    root.write(EXPLORATION, document);
  }

  private static ObjectNode common(ObjectNode document, Set<String> varied) {
    ObjectNode common = document.objectNode();
    common.set(COMMAND, document.path(COMMAND));
    common.set(RECIPE, document.path(RECIPE));
    varied.forEach(key -> remove(common.path(RECIPE), key));
    return common;
  }

  /** Takes a dotted key out; list positions are numbers. */
  private static void remove(JsonNode tree, String key) {
    String[] parts = key.split("\\.", -1);
    JsonNode parent = tree;
    for (int i = 0; i < parts.length - 1; i++) {
      parent = child(parent, parts[i]);
    }
    String last = parts[parts.length - 1];
    if (parent instanceof ObjectNode mapping) {
      mapping.remove(last);
    } else if (parent.isArray() && last.matches("\\d+")) {
      ((ArrayNode) parent).set(Integer.parseInt(last), JsonNodeFactory.instance.nullNode());
    }
  }

  private static JsonNode child(JsonNode parent, String part) {
    return parent.isArray() && part.matches("\\d+")
        ? parent.path(Integer.parseInt(part))
        : parent.path(part);
  }

  private void requireSame(ObjectNode before, ObjectNode now) {
    new PathDescription(before, Map.of())
        .firstDifference(now, key -> key.matches("(" + RECIPE + "\\.)?(" + Point.MAY_DIFFER + ")"))
        .ifPresent(
            pair -> {
              throw FipException.data(
                  "%s: this exploration was begun with %s = %s, the recipe says %s; use the value it"
                      + " was begun with or another output",
                  root.location(),
                  pair.key().replaceFirst("^" + RECIPE + "\\.", ""),
                  pair.stored() == null ? "nothing" : pair.stored(),
                  pair.given() == null ? "nothing" : pair.given());
            });
  }

  private Map<String, PointState> states() {
    Map<String, PointState> states = new LinkedHashMap<>();
    for (String name : points.documents()) {
      try {
        points.read(name).map(PointState::of).ifPresent(state -> states.put(name, state));
      } catch (FipException e) {
        if (e.category() != FipException.Category.DATA) {
          throw e;
        }
        // The path store has everything, so the point is looked at again.
        LOG.warn("{}; point {} is measured anew", e.getMessage(), name);
      }
    }
    return states;
  }

  void write(PointState state) {
    points.write(state.name(), state.toJson());
  }

  void writeCatalogue(byte[] content) {
    root.writeFile(CATALOGUE, content);
  }
}
