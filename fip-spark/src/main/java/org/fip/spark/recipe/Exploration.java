package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/**
 * Many runs of one command whose recipes differ in the values of a grid, every one of them filled
 * in and checked.
 *
 * @param output folder of the exploration, any Hadoop path
 * @param settings how the runs are compared
 * @param keys the recipe keys of the grid, in order
 * @param points the runs
 */
public record Exploration(
    String output, ExploreSettings settings, List<String> keys, List<GridPoint> points) {

  /** Makes the lists unmodifiable. */
  public Exploration {
    keys = List.copyOf(keys);
    points = List.copyOf(points);
  }

  /**
   * The exploration of a recipe with a section {@code explore}; arguments as for {@link
   * Recipe#resolve}. Baselines are not part of the runs.
   *
   * @throws FipException as {@link Recipe#resolve}, for any of the runs
   */
  public static Exploration resolve(
      RecipeSource source,
      Map<String, String> sparkConfiguration,
      List<String> sets,
      NetworkKind.Lookup kinds) {
    RecipeTree given = Defaults.load(ExploreSettings.KEY).under(YamlReader.read(source));
    given = Overrides.fromSpark(given, sparkConfiguration);
    given = Overrides.fromCommandLine(given, sets);
    Section section = section(given);
    Command command = ExploreSettings.command(section);
    Grid grid = Grid.read(section);
    RecipeTree base = given.without(ExploreSettings.KEY);
    NetworkKind.Lookup forgiving = forgiving(kinds);
    List<GridPoint> points = new ArrayList<>();
    for (Map<String, JsonNode> values : grid.points()) {
      Recipe recipe =
          Recipe.read(command, forgiving, defaults -> grid.lay(values, defaults.under(base)));
      if (recipe.night() != null) {
        throw FipException.data("%s: night is given, and explore walks no nights", source.name());
      }
      points.add(new GridPoint(values, recipe.withSampler(recipe.path().sampler())));
    }
    return new Exploration(
        points.get(0).recipe().output(),
        ExploreSettings.read(section, evaluations(points)),
        List.copyOf(grid.keys()),
        points);
  }

  /** The run of a network that is missing or broken fails by itself, and the others go on. */
  private static NetworkKind.Lookup forgiving(NetworkKind.Lookup kinds) {
    return start -> {
      try {
        return kinds.of(start);
      } catch (FipException e) {
        if (e.category() == Category.NOT_FOUND || e.category() == Category.DATA) {
          return NetworkKind.PLAIN;
        }
        throw e;
      }
    };
  }

  /** The evaluation sets that every run has. */
  private static Set<String> evaluations(List<GridPoint> points) {
    Set<String> common = new LinkedHashSet<>(points.get(0).recipe().evaluate().keySet());
    points.forEach(point -> common.retainAll(point.recipe().evaluate().keySet()));
    return common;
  }

  private static Section section(RecipeTree tree) {
    JsonNode node = tree.root().path(ExploreSettings.KEY);
    return new Section(tree, List.of(ExploreSettings.KEY), node, ExploreSettings.class);
  }

  /** A recipe for its own command, which has no use for the section but that it is well-formed. */
  static RecipeTree without(RecipeTree tree) {
    if (tree.root().hasNonNull(ExploreSettings.KEY)) {
      section(tree);
    }
    return tree.without(ExploreSettings.KEY);
  }
}
