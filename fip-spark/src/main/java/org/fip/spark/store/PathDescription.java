package org.fip.spark.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;

/**
 * What a path was made from.
 *
 * @param recipe the resolved recipe
 * @param provenance versions, data sources, seeds and the like, by name
 */
public record PathDescription(ObjectNode recipe, Map<String, String> provenance) {

  /** Copies both. */
  public PathDescription {
    recipe = recipe.deepCopy();
    provenance = Collections.unmodifiableMap(new TreeMap<>(provenance));
  }

  /** Reads what {@link #toBytes} wrote. */
  static PathDescription read(InputStream in, Path file) throws IOException {
    ObjectNode document = SealedJson.read(in, file);
    Map<String, String> provenance = new TreeMap<>();
    document
        .path("provenance")
        .properties()
        .forEach(entry -> provenance.put(entry.getKey(), entry.getValue().asText()));
    return new PathDescription(document.withObject("/recipe"), provenance);
  }

  byte[] toBytes() {
    ObjectNode document = SealedJson.object();
    document.set("recipe", recipe);
    ObjectNode node = document.putObject("provenance");
    provenance.forEach(node::put);
    return SealedJson.toBytes(document);
  }

  /** A key with its value in two recipes, null where it is absent. */
  public record Difference(String key, String stored, String given) {}

  /**
   * The first key, dotted and with list positions as in {@code tasks.0.name}, whose value differs
   * from the one in {@code other} and must not.
   */
  public Optional<Difference> firstDifference(ObjectNode other, Predicate<String> mayDiffer) {
    Map<String, String> stored = leaves(recipe);
    Map<String, String> given = leaves(other);
    Set<String> keys = new LinkedHashSet<>(stored.keySet());
    keys.addAll(given.keySet());
    return keys.stream()
        .filter(key -> !mayDiffer.test(key))
        .map(key -> new Difference(key, stored.get(key), given.get(key)))
        .filter(pair -> pair.stored() == null || !pair.stored().equals(pair.given()))
        .findFirst();
  }

  /** The recipe as single JSON values by dotted key, list positions as numbers. */
  public Map<String, String> leaves() {
    return leaves(recipe);
  }

  private static Map<String, String> leaves(JsonNode node) {
    Map<String, String> leaves = new LinkedHashMap<>();
    collect("", node, leaves);
    return leaves;
  }

  /** Values are compared as text, since the same number may be of several node types. */
  private static void collect(String key, JsonNode node, Map<String, String> leaves) {
    if (node.isEmpty()) {
      leaves.put(key, node.toString());
    }
    String prefix = key.isEmpty() ? "" : key + ".";
    if (node.isObject()) {
      node.properties()
          .forEach(entry -> collect(prefix + entry.getKey(), entry.getValue(), leaves));
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      collect(prefix + i, node.get(i), leaves);
    }
  }
}
