package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** All keys of recipes as a page of Markdown. */
final class RecipeReference {
  static final String OPERATIONS =
      "of `chain`: operations one after the other, each from the network that the one before ended"
          + " at; an entry has its `command` and keys of its own, what stands beside the list"
          + " counts for all";

  private static final String HEAD =
      """
      # Recipes

      <!-- Generated from the reader of recipes; CONTRIBUTING.md says how. Do not edit. -->

      A recipe is a YAML file that says what a run does: `scripts/fip COMMAND RECIPE.yaml`. Every key
      is below. `path.steps` is the key `steps` in the section `path`: so are keys written after `--set`,
      in `spark.fip.` settings and in grids. `[]` stands for the entries of a list, of which `--set`
      names one by its number (`keep.0.limit=50`), and NAME for a name of your own. Lists are replaced as
      a whole by whatever is laid over them, mappings key by key.

      Editors complete and check recipes that begin with this line, with the path to
      [recipe.schema.json](recipe.schema.json):

          # yaml-language-server: $schema=recipe.schema.json
      """;

  private final List<RecipeKeys.Key> keys;
  private final RecipeTexts texts;

  RecipeReference(List<RecipeKeys.Key> keys, RecipeTexts texts) {
    this.keys = keys;
    this.texts = texts;
  }

  /** The records that recipes become. */
  static List<Class<? extends Record>> records(List<RecipeKeys.Key> keys) {
    Set<Class<? extends Record>> records = new LinkedHashSet<>(List.of(Recipe.class));
    for (RecipeKeys.Key key : keys) {
      if (key.rule() instanceof Rule.Keys section) {
        records.add(section.schema());
      }
    }
    return List.copyOf(records);
  }

  /** The record that a place is a component of. */
  private Class<? extends Record> recordOf(RecipeKeys.Key key) {
    if (key.parent().isEmpty()) {
      return Recipe.class;
    }
    return keys.stream()
        .filter(other -> other.place().equals(key.parent()))
        .map(other -> ((Rule.Keys) other.rule()).schema())
        .findFirst()
        .orElseThrow();
  }

  /** What a key is for; nothing for entries of lists and mappings, which have a section. */
  String meaning(String place) {
    RecipeKeys.Key key =
        keys.stream().filter(k -> k.place().equals(place)).findFirst().orElseThrow();
    if (place.equals(ExploreSettings.KEY)) {
      return texts.of(ExploreSettings.class);
    }
    if (key.entry()) {
      return "";
    }
    return texts.of(recordOf(key), key.name());
  }

  String page() {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("\n## All commands\n\n").append(texts.of(Recipe.class)).append("\n\n");
    page.append(table(""));
    page.append(row("operations", "a list of mappings", "none", OPERATIONS));
    Map<String, List<String>> sections = new LinkedHashMap<>();
    for (RecipeKeys.Key key : keys) {
      if (key.rule() instanceof Rule.Keys section) {
        String body = texts.of(section.schema()) + "\n\n" + table(key.place());
        sections.computeIfAbsent(body, absent -> new ArrayList<>()).add(key.place());
      }
    }
    sections.forEach(
        (body, places) ->
            page.append("\n## ")
                .append(places.stream().map(p -> "`" + p + "`").collect(Collectors.joining(", ")))
                .append("\n\n")
                .append(body));
    return page.toString();
  }

  private String table(String parent) {
    StringBuilder table =
        new StringBuilder("| key | value | default | meaning |\n|---|---|---|---|\n");
    keys.stream()
        .filter(key -> key.parent().equals(parent) && !key.entry())
        .forEach(
            key ->
                table.append(
                    row(key.name(), value(key.rule()), absent(key), meaning(key.place()))));
    return table.toString();
  }

  private static String row(String... cells) {
    List<String> escaped =
        Arrays.stream(cells).map(cell -> cell.replace("|", "\\|").replace("\n", " ")).toList();
    return "| `%s` | %s | %s | %s |\n".formatted(escaped.toArray());
  }

  private static String value(Rule rule) {
    if (rule instanceof Rule.Whole whole) {
      boolean least = whole.least() != Long.MIN_VALUE;
      boolean most = whole.most() < Integer.MAX_VALUE;
      return most
          ? rule.expected()
          : least ? "an integer of at least " + whole.least() : "an integer";
    }
    if (rule instanceof Rule.Choice choice) {
      return choice.words().stream().map(w -> "`" + w + "`").collect(Collectors.joining(", "));
    }
    if (rule instanceof Rule.Several several) {
      return several.each() instanceof Rule.Keys
          ? "a list of mappings"
          : "a list: " + value(several.each());
    }
    if (rule instanceof Rule.Named named) {
      return named.each() instanceof Rule.Keys
          ? "a mapping of names to mappings"
          : "a mapping of names to numbers: " + value(named.each());
    }
    return rule instanceof Rule.Keys ? "a mapping" : rule.expected();
  }

  private static String absent(RecipeKeys.Key key) {
    if (key.rule() instanceof Rule.Keys) {
      return "below";
    }
    if (key.defaults().isEmpty()) {
      return key.absent().isMissingNode() ? "has to be given" : plain(key.absent());
    }
    Map<String, List<String>> commands = new LinkedHashMap<>();
    key.defaults()
        .forEach(
            (command, value) ->
                commands.computeIfAbsent(plain(value), absent -> new ArrayList<>()).add(command));
    String most =
        commands.entrySet().stream()
            .max((a, b) -> Integer.compare(a.getValue().size(), b.getValue().size()))
            .orElseThrow()
            .getKey();
    StringBuilder text = new StringBuilder(most);
    commands.forEach(
        (value, users) -> {
          if (!value.equals(most)) {
            text.append("; ").append(String.join(", ", users)).append(' ').append(value);
          }
        });
    if (key.special() != null) {
      text.append("; adapt of networks with batch normalisations ").append(plain(key.special()));
    }
    return text.toString();
  }

  private static String plain(JsonNode value) {
    return value.isNull() ? "none" : "`" + (value.isTextual() ? value.textValue() : value) + "`";
  }
}
