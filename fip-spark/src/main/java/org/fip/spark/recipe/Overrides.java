package org.fip.spark.recipe;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.fip.core.FipException;

/** Single values that are laid over a recipe. */
final class Overrides {
  private static final String SPARK_PREFIX = "spark.fip.";

  /** Settings of a run that say nothing about its path: it may be resumed with others. */
  private static final Set<String> NOT_OF_A_RECIPE =
      Set.of("device", "roots", "communication.port");

  private Overrides() {}

  /** Lays {@code spark.fip.*} over a tree, in the order of the keys. */
  static RecipeTree fromSpark(RecipeTree tree, Map<String, String> configuration) {
    RecipeTree result = tree;
    for (Map.Entry<String, String> entry : new TreeMap<>(configuration).entrySet()) {
      if (entry.getKey().startsWith(SPARK_PREFIX)) {
        String key = entry.getKey().substring(SPARK_PREFIX.length());
        if (NOT_OF_A_RECIPE.contains(key)) {
          continue;
        }
        result = lay(result, key, entry.getValue(), "--conf " + entry.getKey());
      }
    }
    return result;
  }

  /** Lays {@code key=value} entries over a tree, in their order. */
  static RecipeTree fromCommandLine(RecipeTree tree, List<String> sets) {
    RecipeTree result = tree;
    for (String set : sets) {
      int equals = set.indexOf('=');
      if (equals < 1) {
        throw new FipException(
            FipException.Category.USAGE,
            "--set %s: no key and value; write it as --set path.steps=100"
                .formatted(Scalars.quote(set)));
      }
      String key = set.substring(0, equals).strip();
      result = lay(result, key, set.substring(equals + 1), "--set " + key);
    }
    return result;
  }

  private static RecipeTree lay(RecipeTree tree, String key, String value, String option) {
    String origin = option.replaceAll("\\p{Cntrl}", "?");
    return tree.with(key, YamlReader.value(value, origin), origin);
  }
}
