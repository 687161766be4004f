package org.fip.spark.explore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
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
import org.fip.spark.recipe.Measure;
import org.fip.spark.store.DocumentFolder;
import org.fip.spark.store.PathDescription;
import org.fip.spark.store.StoreLock;
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
  private static final String MEASURES = "measures";
  private static final String RANK = "rank";

  private final DocumentFolder root;
  private final DocumentFolder points;
  private ObjectNode document;

  ExplorationStore(Configuration configuration, Path folder) {
    root = new DocumentFolder(configuration, folder);
    points = new DocumentFolder(configuration, root.at("points"));
  }

  private ExplorationStore(DocumentFolder root, DocumentFolder points) {
    this.root = root;
    this.points = points;
  }

  /** The same exploration, where nothing is written once the right to write to it is lost. */
  ExplorationStore guardedBy(StoreLock lock) {
    return new ExplorationStore(root.guardedBy(lock), points.guardedBy(lock));
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

  /** Writes what the exploration is from now on, and by what its paths are compared. */
  void begin(Map<String, Measure> measures, String rank) {
    ObjectNode compared = document.putObject(MEASURES);
    measures.forEach(
        (name, measure) ->
            compared
                .putObject(name)
                .put("of", measure.of())
                .put("better", measure.better().name()));
    document.put(RANK, rank);
    root.write(EXPLORATION, document);
  }

  /** Whether a folder holds an exploration. */
  static boolean isAt(Configuration configuration, Path folder) {
    return new ExplorationStore(configuration, folder).root.read(EXPLORATION).isPresent();
  }

  /**
   * An exploration as it was begun.
   *
   * @param command whose paths are walked
   * @param recipe what all paths have in common
   * @param grid the keys in which they differ
   * @param measures by what they are compared
   * @param rank the measure by which they are ordered
   */
  record Begun(
      String command,
      ObjectNode recipe,
      List<String> grid,
      Map<String, Measure> measures,
      String rank) {}

  /**
   * What was begun, for reading.
   *
   * @throws FipException NOT_FOUND when nothing was, DATA when its document is damaged
   */
  Begun begun() {
    ObjectNode json =
        root.read(EXPLORATION)
            .orElseThrow(
                () -> FipException.notFound("%s: there is no exploration here", root.location()));
    List<String> grid = new ArrayList<>();
    json.path(GRID).forEach(key -> grid.add(key.asText()));
    Map<String, Measure> measures = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.path(MEASURES).properties()) {
      JsonNode measure = entry.getValue();
      measures.put(
          entry.getKey(),
          new Measure(
              measure.path("of").asText(),
              Measure.Better.valueOf(measure.path("better").asText())));
    }
    if (measures.isEmpty()) {
      throw FipException.data(
          "%s: was written before explorations said by what paths are compared; run explore again",
          root.at(EXPLORATION + ".json"));
    }
    return new Begun(
        json.path(COMMAND).asText(),
        json.withObject("/" + RECIPE),
        grid,
        measures,
        json.path(RANK).asText());
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

  /** The states of all points that were walked, by name. */
  Map<String, PointState> states() {
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
