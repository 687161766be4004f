package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fip.core.FipException;

/**
 * What an exploration does beside the recipe of its paths.
 *
 * @param command the command whose paths are walked
 * @param grid recipe keys with lists of values, of which all combinations are walked
 * @param measures what paths are compared by, by name; default the accuracies on all evaluation
 *     sets
 * @param rank the measure by which paths are ordered, or {@code mean} for the mean of their ranks
 *     by every measure
 * @param halving how dominated paths are stopped early
 * @param retries how often a path that fails is taken up again from its newest waypoint
 */
public record ExploreSettings(
    Command command,
    JsonNode grid,
    Map<String, Measure> measures,
    String rank,
    Halving halving,
    int retries) {
  /** The section's name. */
  static final String KEY = "explore";

  /** The name of the order by the mean of all ranks. */
  public static final String MEAN = "mean";

  static Command command(Section section) {
    return section.choice("command", List.of(Command.values()));
  }

  /** Reads the section for recipes with these evaluation sets. */
  static ExploreSettings read(Section section, Set<String> evaluations) {
    Command command = command(section);
    Map<String, Measure> measures = new LinkedHashMap<>();
    section
        .namedSections("measures", Measure.class)
        .forEach((name, entry) -> measures.put(name, Measure.read(entry, command, evaluations)));
    if (measures.isEmpty()) {
      evaluations.forEach(set -> measures.put(set, Measure.accuracy(set)));
    }
    if (measures.isEmpty()) {
      throw section.refuse(
          "measures", "what paths are compared by, for example {drift: {of: drift}}");
    }
    if (measures.containsKey(MEAN)) {
      throw FipException.data(
          "%s: explore.measures has the name mean, which explore.rank uses; choose another",
          section.origin(List.of("measures", MEAN)));
    }
    String ranks = "mean, or one of the measures " + String.join(", ", measures.keySet());
    String rank = section.text("rank", ranks);
    if (!rank.equals(MEAN) && !measures.containsKey(rank)) {
      throw section.refuse("rank", ranks);
    }
    Halving halving = Halving.read(section.section("halving", Halving.class));
    if (halving.rungs() > 1 && (command == Command.DIVERSIFY || command == Command.CONNECT)) {
      throw section.refuse("halving.rungs", "1, because " + command.label() + " walks many paths");
    }
    return new ExploreSettings(
        command,
        section.optionalMapping(Grid.KEY, Grid.EXPECTED),
        measures,
        rank,
        halving,
        section.smallInteger("retries", 0, 100));
  }
}
