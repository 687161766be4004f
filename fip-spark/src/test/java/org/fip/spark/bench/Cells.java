package org.fip.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures by method and seed in a JSON file. What was measured there before stays until it is
 * measured again, so a table can be filled in many runs, each figure with the commit it is of.
 */
final class Cells {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String METHODS = "methods";
  private static final String ENDING = ".json";

  private final Path file;
  private final ObjectNode tree;

  private Cells(Path file, ObjectNode tree) {
    this.file = file;
    this.tree = tree;
  }

  /** The figures of a name in a folder; none where the file is not there yet. */
  static Cells open(Path folder, String name) throws IOException {
    Path file = folder.resolve(name + ENDING);
    ObjectNode tree =
        Files.exists(file) ? (ObjectNode) JSON.readTree(file.toFile()) : JSON.createObjectNode();
    return new Cells(file, tree);
  }

  /** The names that a folder has figures of, sorted. */
  static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(ENDING))
          .map(file -> file.substring(0, file.length() - ENDING.length()))
          .sorted()
          .toList();
    }
  }

  /** Puts a cell in place of what it had, and writes all to the file. */
  void put(String method, String seed, ObjectNode figures) throws IOException {
    ObjectNode cell = JSON.createObjectNode().put("commit", System.getProperty("fip.commit", ""));
    cell.setAll(figures);
    tree.withObjectProperty(METHODS).withObjectProperty(method).set(seed, cell);
    Files.createDirectories(file.getParent());
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n");
  }

  /** The methods that have figures. */
  List<String> methods() {
    return List.copyOf(of(tree.path(METHODS)).keySet());
  }

  /** Figures of a method by seed, empty where it was not measured. */
  Map<String, JsonNode> bySeed(String method) {
    return of(tree.path(METHODS).path(method));
  }

  private static Map<String, JsonNode> of(JsonNode node) {
    Map<String, JsonNode> entries = new LinkedHashMap<>();
    node.properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
    return entries;
  }
}
