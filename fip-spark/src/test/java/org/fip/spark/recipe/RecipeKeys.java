package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Every key that a recipe may have, as the reader of recipes asks for it: found by letting it read
 * one recipe for each command, and writing down what it asks.
 */
final class RecipeKeys {
  /** Has an entry in every list and mapping, so that the reader looks into all of them. */
  static final String SPECIMEN =
      """
      network: models/digits
      output: paths/x
      keep: [{path: data/a}]
      tasks: [{name: b, train: {path: data/b}}]
      evaluate: {NAME: {path: data/a, split: test}}
      gate: {kept: {NAME: 0.01}, learned: {NAME: 0.9}}
      connect: {to: models/other}
      """;

  private static final String EXPLORE =
      "explore: {grid: {seed: [0, 1]}, measures: {NAME: {of: drift}}}";

  /**
   * A key.
   *
   * @param place dotted; {@code []} is any entry of a list and NAME any name that a recipe gives
   * @param absent what it is when nothing gives it
   * @param defaults what each command takes, by its label, where that is in the defaults
   * @param special what {@code adapt} takes in its place for networks with batch normalisations, or
   *     null for the same
   */
  record Key(
      String place, Rule rule, JsonNode absent, Map<String, JsonNode> defaults, JsonNode special) {
    String name() {
      return place.substring(place.lastIndexOf('.') + 1);
    }

    /** Whether it is an entry of a list or mapping, and not a key. */
    boolean entry() {
      return place.endsWith("[]") || place.endsWith(".NAME");
    }

    String parent() {
      int dot = place.lastIndexOf('.');
      return dot < 0 ? "" : place.substring(0, dot);
    }
  }

  private final Map<String, Key> keys = new LinkedHashMap<>();

  private RecipeKeys() {}

  static List<Key> all() {
    RecipeKeys keys = new RecipeKeys();
    for (Command command : Command.values()) {
      keys.collect(command, NetworkKind.PLAIN);
    }
    keys.collect(Command.ADAPT, NetworkKind.NORMALIZED);
    keys.explore();
    List<Key> ordered = new ArrayList<>();
    keys.collect("", Recipe.class, ordered);
    Key explore = keys.keys.get(ExploreSettings.KEY);
    ordered.add(explore);
    keys.collect(explore.place(), ExploreSettings.class, ordered);
    return ordered;
  }

  private void collect(Command command, NetworkKind kind) {
    RecipeTree defaults = Defaults.of(command, kind);
    RecipeTree tree = defaults.under(YamlReader.read(new RecipeSource("specimen", SPECIMEN)));
    Section section =
        new Section(
            tree, List.of(), tree.root(), Recipe.class, listener(command.label(), kind, defaults));
    Recipe.read(command, section);
  }

  /** Keys in the order of the components of their records. */
  private void collect(String parent, Class<? extends Record> type, List<Key> ordered) {
    for (String name : Section.keys(type)) {
      Key key = keys.get(parent.isEmpty() ? name : parent + "." + name);
      if (key == null) {
        throw new AssertionError("no reader asks for " + name + " of " + type);
      }
      for (String entry : List.of("", "[]", ".NAME")) {
        Key each = keys.get(key.place() + entry);
        if (each != null) {
          ordered.add(each);
          if (each.rule() instanceof Rule.Keys section) {
            collect(each.place(), section.schema(), ordered);
          }
        }
      }
    }
  }

  private void explore() {
    RecipeTree defaults = Defaults.load(ExploreSettings.KEY);
    RecipeTree tree = defaults.under(YamlReader.read(new RecipeSource("specimen", EXPLORE)));
    Section.Listener listener = listener(ExploreSettings.KEY, NetworkKind.PLAIN, defaults);
    List<String> place = List.of(ExploreSettings.KEY);
    listener.read(place, new Rule.Keys(ExploreSettings.class), NullNode.getInstance());
    JsonNode node = tree.root().path(ExploreSettings.KEY);
    Section section = new Section(tree, place, node, ExploreSettings.class, listener);
    ExploreSettings.read(section, Set.of("NAME"));
  }

  private Section.Listener listener(String command, NetworkKind kind, RecipeTree defaults) {
    return (path, rule, absent) -> {
      String place = place(path);
      Map<String, JsonNode> values = new LinkedHashMap<>();
      Key before = keys.get(place);
      if (before != null) {
        values.putAll(before.defaults());
      }
      JsonNode value = defaults.root();
      for (String part : path) {
        value = value.path(part);
      }
      JsonNode special = null;
      if (!value.isMissingNode() && !place.contains("[]") && !(rule instanceof Rule.Keys)) {
        if (kind == NetworkKind.PLAIN) {
          values.put(command, value);
        } else if (!value.equals(values.get(command))) {
          special = value;
        }
      }
      Rule both = before == null ? rule : union(before.rule(), rule);
      keys.put(place, new Key(place, both, absent, values, special));
    };
  }

  /** The dotted path, with what lists and mappings are free in replaced. */
  private String place(List<String> path) {
    String place = "";
    for (String part : path) {
      Rule rule = place.isEmpty() ? null : keys.get(place).rule();
      if (rule instanceof Rule.Several) {
        place += "[]";
      } else if (rule instanceof Rule.Named) {
        place += ".NAME";
      } else {
        place += place.isEmpty() ? part : "." + part;
        continue;
      }
      Rule each = rule instanceof Rule.Several list ? list.each() : ((Rule.Named) rule).each();
      keys.putIfAbsent(place, new Key(place, each, null, Map.of(), null));
    }
    return place;
  }

  /** What any of two commands takes. */
  private static Rule union(Rule one, Rule other) {
    if (one.equals(other)) {
      return one;
    }
    Rule.Choice left = (Rule.Choice) ((Rule.Several) one).each();
    Rule.Choice right = (Rule.Choice) ((Rule.Several) other).each();
    Set<String> words = new LinkedHashSet<>(left.words());
    words.addAll(right.words());
    return new Rule.Several(new Rule.Choice(new ArrayList<>(words)));
  }
}
