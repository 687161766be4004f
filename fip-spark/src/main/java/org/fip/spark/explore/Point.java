package org.fip.spark.explore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.fip.spark.data.DataSelector;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.GridPoint;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.SamplerKind;

/**
 * A point of the grid, as an exploration knows it.
 *
 * @param name readable, unique, and the same in every run: of its parameters and its identity
 * @param identity digest of what its path depends on
 * @param parameters what the grid gives it
 * @param recipe its recipe
 * @param steps length of its path
 * @param rungs the steps at which it is compared with others, ascending, the last is the end
 */
record Point(
    String name,
    String identity,
    ObjectNode parameters,
    Recipe recipe,
    long steps,
    List<Long> rungs) {
  static final int IDENTITY_LENGTH = 10;

  /** Recipe keys that a path does not depend on, other than where its start network is. */
  static final String MAY_DIFFER = "output|baselines.*|path\\.(evaluateEvery|memory|shards)";

  private static final int LONGEST_READABLE = 80;
  private static final ObjectMapper JSON = new ObjectMapper();

  static Point of(Command command, GridPoint point, List<Long> rungs) {
    ObjectNode parameters = JSON.createObjectNode();
    point.parameters().forEach(parameters::set);
    String identity = identity(point.recipe());
    return new Point(
        readable(point.parameters()) + "_" + identity,
        identity,
        parameters,
        point.recipe(),
        steps(command, point.recipe()),
        rungs);
  }

  /** The steps of all paths that a recipe asks for. */
  static long steps(Command command, Recipe recipe) {
    int stretches =
        switch (command) {
          case ADAPT -> Math.max(1, recipe.tasks().size());
          case SPARSIFY -> recipe.sparsity().targets().size();
          case DIVERSIFY -> recipe.diversify().members();
          case TRAIN, ROBUSTIFY, CONNECT -> 1;
        };
    boolean keeps = command != Command.ADAPT || !recipe.keep().isEmpty();
    return recipe.path().stretches(keeps).end(stretches);
  }

  static ObjectNode json(Recipe recipe) {
    try {
      return (ObjectNode) JSON.readTree(recipe.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The selections that the path reads. */
  Set<DataSelector> selections() {
    Set<DataSelector> all = new LinkedHashSet<>(recipe.keep());
    if (recipe.path().sampler() == SamplerKind.JOINT
        || recipe.baselines().contains(SamplerKind.JOINT)) {
      recipe.keep().forEach(selector -> all.add(selector.unlimited()));
    }
    recipe.tasks().forEach(task -> all.add(task.train()));
    all.addAll(recipe.evaluate().values());
    return all;
  }

  /** Whether the network of the point was measured, or is to be, at rung {@code rung}. */
  boolean reached(int rung, PointState state) {
    return state.finished() || state.figures().containsKey(rungs.get(rung));
  }

  private static String identity(Recipe recipe) {
    ObjectNode json = json(recipe);
    json.remove(List.of("output", "baselines"));
    ((ObjectNode) json.path("path")).remove(List.of("evaluateEvery", "memory"));
    if (!recipe.shardsDecide()) {
      ((ObjectNode) json.path("path")).remove("shards");
    }
    return digest(json.toString()).substring(0, IDENTITY_LENGTH);
  }

  private static String readable(Map<String, JsonNode> parameters) {
    Map<String, Long> uses =
        parameters.keySet().stream()
            .collect(Collectors.groupingBy(Point::lastPart, TreeMap::new, Collectors.counting()));
    String text =
        parameters.entrySet().stream()
            .map(
                entry -> {
                  String key = entry.getKey();
                  String shortest = lastPart(key);
                  return (uses.get(shortest) == 1 ? shortest : key) + "-" + value(entry.getValue());
                })
            .collect(Collectors.joining("_"))
            .replaceAll("[^A-Za-z0-9.+_-]", "-");
    return text.length() <= LONGEST_READABLE ? text : text.substring(0, LONGEST_READABLE);
  }

  private static String lastPart(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  private static String value(JsonNode value) {
    if (value.isContainerNode()) {
      return digest(value.toString()).substring(0, 4);
    }
    String text = Columns.text(value).replaceAll("/+$", "");
    return text.substring(text.lastIndexOf('/') + 1);
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
