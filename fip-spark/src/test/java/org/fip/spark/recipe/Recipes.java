package org.fip.spark.recipe;

import java.util.List;
import java.util.Map;

/** Recipes that tests start from. */
final class Recipes {
  /** The smallest recipe that every path command takes. */
  static final String SMALLEST =
      """
      network: models/digits
      output: paths/x
      keep: [{path: data/a}]
      tasks: [{name: b, train: {path: data/b}}]
      """;

  private Recipes() {}

  static Recipe resolve(Command command, String yaml, String... sets) {
    return Recipe.resolve(
        command,
        new RecipeSource("run.yaml", yaml),
        Map.of(),
        List.of(sets),
        NetworkKind.Lookup.PLAIN);
  }
}
