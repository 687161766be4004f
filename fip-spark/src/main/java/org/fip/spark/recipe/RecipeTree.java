package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;

/**
 * A recipe before it is checked: a tree of values of which each knows where it was written, as
 * {@code run.yaml line 7} or {@code --set path.steps}.
 */
final class RecipeTree {
  private final String name;
  private final ObjectNode root;
  private final Map<List<String>, String> origins;

  /** A tree that owns its arguments; {@code name} is the origin of what is nowhere written. */
  RecipeTree(String name, ObjectNode root, Map<List<String>, String> origins) {
    this.name = name;
    this.root = root;
    this.origins = origins;
  }

  /** This tree under another: the other's values win, mappings are united, lists are replaced. */
  RecipeTree under(RecipeTree top) {
    ObjectNode united = root.deepCopy();
    unite(united, top.root);
    Map<List<String>, String> both = new HashMap<>(origins);
    both.putAll(top.origins);
    return new RecipeTree(top.name, united, both);
  }

  private static void unite(ObjectNode base, ObjectNode top) {
    top.properties()
        .forEach(
            entry -> {
              JsonNode below = base.get(entry.getKey());
              if (below instanceof ObjectNode section && entry.getValue() instanceof ObjectNode o) {
                unite(section, o);
              } else if (!(below instanceof ObjectNode && entry.getValue().isNull())) {
                // A section whose lines are all commented out reads as null and changes nothing.
                base.set(entry.getKey(), entry.getValue().deepCopy());
              }
            });
  }

  /**
   * This tree with the value at a dotted key replaced, or united when both are mappings; list
   * entries are addressed by number.
   */
  RecipeTree with(String dottedKey, JsonNode value, String origin) {
    List<String> path = parts(dottedKey);
    if (path.contains("")) {
      throw new FipException(
          FipException.Category.USAGE,
          "%s: the key has an empty part; write it as section.key".formatted(origin));
    }
    ObjectNode changed = root.deepCopy();
    JsonNode parent = changed;
    for (int depth = 0; depth < path.size() - 1; depth++) {
      String next = path.get(depth + 1);
      JsonNode child = child(parent, path, depth, origin);
      if (child.isMissingNode() || child.isNull()) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        child = index(next) >= 0 ? nodes.arrayNode() : nodes.objectNode();
        put(parent, path.get(depth), child);
      }
      parent = child;
    }
    JsonNode old = child(parent, path, path.size() - 1, origin);
    Map<List<String>, String> both = new HashMap<>(origins);
    if (old instanceof ObjectNode section && value instanceof ObjectNode mapping) {
      unite(section, mapping);
      mapping.fieldNames().forEachRemaining(key -> overwrite(both, join(path, key), origin));
    } else if (!(old.isObject() && value.isNull())) {
      put(parent, path.get(path.size() - 1), value);
      overwrite(both, path, origin);
    }
    return new RecipeTree(name, changed, both);
  }

  private static List<String> parts(String dottedKey) {
    // The keys of a grid are recipe keys themselves, dots and all.
    if (dottedKey.startsWith(Grid.PREFIX) && dottedKey.length() > Grid.PREFIX.length()) {
      return List.of(ExploreSettings.KEY, Grid.KEY, dottedKey.substring(Grid.PREFIX.length()));
    }
    return List.of(dottedKey.split("\\.", -1));
  }

  /** This tree without a key of its root. */
  RecipeTree without(String key) {
    if (!root.has(key)) {
      return this;
    }
    ObjectNode changed = root.deepCopy();
    changed.remove(key);
    Map<List<String>, String> others = new HashMap<>(origins);
    others.keySet().removeIf(place -> !place.isEmpty() && place.get(0).equals(key));
    return new RecipeTree(name, changed, others);
  }

  private static void overwrite(
      Map<List<String>, String> origins, List<String> path, String origin) {
    origins
        .keySet()
        .removeIf(key -> key.size() >= path.size() && key.subList(0, path.size()).equals(path));
    origins.put(path, origin);
  }

  private static JsonNode child(JsonNode parent, List<String> path, int depth, String origin) {
    String segment = path.get(depth);
    if (parent.isObject()) {
      return parent.path(segment);
    }
    String parentKey = String.join(".", path.subList(0, depth));
    if (!parent.isArray()) {
      throw FipException.data(
          "%s: %s is a value and has no part %s; set %s itself",
          origin, parentKey, Scalars.quote(segment), parentKey);
    }
    if (index(segment) < 0 || index(segment) > parent.size()) {
      throw FipException.data(
          "%s: %s is a list of %d entries and has no entry %s; use a number from 0 to %d (the last adds an entry)",
          origin, parentKey, parent.size(), Scalars.quote(segment), parent.size());
    }
    return parent.path(index(segment));
  }

  private static void put(JsonNode parent, String segment, JsonNode value) {
    if (parent instanceof ArrayNode list) {
      int index = index(segment);
      if (index == list.size()) {
        list.add(value);
      } else {
        list.set(index, value);
      }
    } else {
      ((ObjectNode) parent).set(segment, value);
    }
  }

  private static int index(String segment) {
    return segment.matches("[0-9]{1,6}") ? Integer.parseInt(segment) : -1;
  }

  /** The whole tree; not to be changed. */
  ObjectNode root() {
    return root;
  }

  /** Where the value at a path was written, or the nearest section around it. */
  String origin(List<String> path) {
    for (int length = path.size(); length > 0; length--) {
      String origin = origins.get(path.subList(0, length));
      if (origin != null) {
        return origin;
      }
    }
    return name;
  }

  /** A path with one more part. */
  static List<String> join(List<String> path, String part) {
    List<String> longer = new ArrayList<>(path);
    longer.add(part);
    return List.copyOf(longer);
  }
}
