package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.fip.core.FipException;

/**
 * One mapping of a recipe, read key by key with checks. The keys it may have are the components of
 * the record that it becomes.
 */
final class Section {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}_ +-]{0,99}");

  private static final String NAME_RULE =
      "a name of at most 100 letters, digits, spaces and _ + -, for example fashion";

  /** Is told of every key that is read. */
  interface Listener {
    /** Tells nobody. */
    Listener NONE = (place, rule, absent) -> {};

    /**
     * A key is read.
     *
     * @param place its path
     * @param absent what it is when it is nowhere given, not even in the defaults; {@link
     *     MissingNode} when it has to be given
     */
    void read(List<String> place, Rule rule, JsonNode absent);
  }

  private static final JsonNode REQUIRED = MissingNode.getInstance();
  private static final JsonNode NULL = NullNode.getInstance();

  private final RecipeTree tree;
  private final List<String> path;
  private final ObjectNode node;
  private final Listener listener;

  /**
   * The section at a path.
   *
   * @throws FipException DATA when it is not a mapping, or has a key that {@code schema} has not
   */
  Section(RecipeTree tree, List<String> path, JsonNode node, Class<? extends Record> schema) {
    this(tree, path, node, schema, Listener.NONE);
  }

  /** The same with a listener, which the sections below have too. */
  Section(
      RecipeTree tree,
      List<String> path,
      JsonNode node,
      Class<? extends Record> schema,
      Listener listener) {
    this.tree = tree;
    this.path = path;
    this.listener = listener;
    if (!(node instanceof ObjectNode mapping)) {
      throw wrong(path, node, new Rule.Keys(schema).expected());
    }
    this.node = mapping;
    refuseUnknown(keys(schema));
  }

  /** The keys of a mapping that becomes such a record. */
  static List<String> keys(Class<? extends Record> schema) {
    return Arrays.stream(schema.getRecordComponents()).map(RecordComponent::getName).toList();
  }

  private void refuseUnknown(List<String> known) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw FipException.data(
                    "%s: unknown key %s; %s",
                    tree.origin(at(key)),
                    dotted(at(key)),
                    Nearest.to(key, known)
                        .map(near -> "did you mean " + dotted(at(near)) + "?")
                        .orElseGet(() -> suggest(key, known)));
              }
            });
  }

  private String suggest(String key, List<String> known) {
    return elsewhere(key, Recipe.class, List.of())
        .map(place -> "did you mean " + place + "?")
        .orElse("known here: " + String.join(", ", known));
  }

  /** A key of another section by this exact name, the least deep one. */
  private static Optional<String> elsewhere(String key, Class<?> schema, List<String> above) {
    Optional<String> found = Optional.empty();
    for (RecordComponent component : schema.getRecordComponents()) {
      List<String> place = RecipeTree.join(above, component.getName());
      if (component.getName().equals(key)) {
        return Optional.of(String.join(".", place));
      }
      Optional<String> deeper =
          component.getType().isRecord()
              ? elsewhere(key, component.getType(), place)
              : Optional.empty();
      if (depth(deeper) < depth(found)) {
        found = deeper;
      }
    }
    return found;
  }

  private static int depth(Optional<String> place) {
    return place.map(dotted -> dotted.split("\\.").length).orElse(Integer.MAX_VALUE);
  }

  /** Whether the key has a value other than null. */
  boolean has(String key) {
    return node.hasNonNull(key);
  }

  private JsonNode read(String key, Rule rule, JsonNode absent) {
    listener.read(at(key), rule, absent);
    return node.path(key);
  }

  /** A value that must be there. */
  private <T> T value(String key, Rule rule, Reader<T> reader) {
    return reader.of(at(key), read(key, rule, REQUIRED), rule);
  }

  /** A value that may be absent or null. */
  private <T> T optional(String key, Rule rule, Reader<T> reader) {
    JsonNode value = read(key, rule, NULL);
    return has(key) ? reader.of(at(key), value, rule) : null;
  }

  /** A value that must be there, or null where this word stands in its place. */
  private <T> T valueOr(String key, Rule rule, String word, Reader<T> reader) {
    Rule or = new Rule.Or(rule, word);
    JsonNode value = read(key, or, REQUIRED);
    try {
      return word.equals(value.textValue()) ? null : reader.of(at(key), value, rule);
    } catch (FipException e) {
      throw wrong(at(key), value, or.expected());
    }
  }

  /** Turns a value into what it stands for, or refuses it. */
  private interface Reader<T> {
    T of(List<String> place, JsonNode value, Rule rule);
  }

  private long whole(List<String> place, JsonNode value, Rule rule) {
    Rule.Whole range = (Rule.Whole) rule;
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < range.least()
        || value.longValue() > range.most()) {
      throw wrong(place, value, rule.expected());
    }
    return value.longValue();
  }

  private int smallWhole(List<String> place, JsonNode value, Rule rule) {
    return Math.toIntExact(whole(place, value, rule));
  }

  private double real(List<String> place, JsonNode value, Rule rule) {
    if (!value.isNumber() || !((Rule.Real) rule).range().contains(value.doubleValue())) {
      throw wrong(place, value, rule.expected());
    }
    return value.doubleValue();
  }

  private String text(List<String> place, JsonNode value, Rule rule) {
    if (!value.isTextual()
        || value.textValue().isBlank()
        || CONTROL.matcher(value.textValue()).find()) {
      throw wrong(place, value, rule.expected());
    }
    return value.textValue();
  }

  private String expression(List<String> place, JsonNode value, Rule rule) {
    String text = text(place, value, rule);
    try {
      Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      String problem = Scalars.oneLine(e).toLowerCase(Locale.ROOT);
      throw wrong(place, value, rule.expected() + ": " + problem);
    }
    return text;
  }

  private String word(List<String> place, JsonNode value, Rule rule) {
    List<String> words = ((Rule.Choice) rule).words();
    if (value.isTextual() && words.contains(value.textValue())) {
      return value.textValue();
    }
    String near =
        value.isTextual()
            ? Nearest.to(value.textValue(), words)
                .map(label -> " (did you mean " + label + "?)")
                .orElse("")
            : "";
    throw wrong(place, value, rule.expected() + near);
  }

  private static Rule labels(List<? extends Enum<?>> choices) {
    return new Rule.Choice(choices.stream().map(Labels::of).toList());
  }

  private <E extends Enum<E>> Reader<E> constant(List<E> choices) {
    return (place, value, rule) -> {
      String label = word(place, value, rule);
      return choices.get(((Rule.Choice) rule).words().indexOf(label));
    };
  }

  private <T> Reader<List<T>> distinct(Reader<T> each) {
    return (place, value, rule) -> {
      Set<T> values = new LinkedHashSet<>();
      List<JsonNode> entries = entries(place, value, rule);
      for (int i = 0; i < entries.size(); i++) {
        List<String> entry = RecipeTree.join(place, Integer.toString(i));
        if (!values.add(each.of(entry, entries.get(i), ((Rule.Several) rule).each()))) {
          throw FipException.data(
              "%s: %s is %s, which is in the list before; remove one",
              tree.origin(entry), dotted(entry), Scalars.describe(entries.get(i)));
        }
      }
      return List.copyOf(values);
    };
  }

  private List<JsonNode> entries(List<String> place, JsonNode value, Rule rule) {
    if (!value.isArray()) {
      throw wrong(place, value, rule.expected());
    }
    List<JsonNode> entries = new ArrayList<>();
    value.forEach(entries::add);
    return entries;
  }

  private void refuseEmpty(String key) {
    if (node.path(key).isArray() && node.path(key).isEmpty()) {
      throw FipException.data(
          "%s: %s is an empty list; give at least one entry or remove the key",
          tree.origin(at(key)), dotted(at(key)));
    }
  }

  /** An integer from {@code least} to {@code most}. */
  long integer(String key, long least, long most) {
    return value(key, new Rule.Whole(least, most), this::whole);
  }

  /** An integer of {@code int} size from {@code least} to {@code most}. */
  int smallInteger(String key, int least, int most) {
    return value(key, new Rule.Whole(least, most), this::smallWhole);
  }

  /** The same, or null when absent. */
  Integer optionalInteger(String key, int least, int most) {
    return optional(key, new Rule.Whole(least, most), this::smallWhole);
  }

  /** The value, or a default when the key is absent. */
  long integerOr(String key, long least, long most, long absent) {
    Rule rule = new Rule.Whole(least, most);
    JsonNode value = read(key, rule, LongNode.valueOf(absent));
    return value.isMissingNode() ? absent : whole(at(key), value, rule);
  }

  /** A number in a range. */
  double number(String key, Range range) {
    return value(key, new Rule.Real(range), this::real);
  }

  /** The same, or null when absent. */
  Double optionalNumber(String key, Range range) {
    return optional(key, new Rule.Real(range), this::real);
  }

  /** A number in a range, or null where this word stands in its place. */
  Double numberOr(String key, Range range, String word) {
    return valueOr(key, new Rule.Real(range), word, this::real);
  }

  /** An integer in a range, or null where this word stands in its place. */
  Integer integerOr(String key, int least, int most, String word) {
    return valueOr(key, new Rule.Whole(least, most), word, this::smallWhole);
  }

  /** True or false. */
  boolean bool(String key) {
    Rule rule = new Rule.Flag();
    JsonNode value = read(key, rule, REQUIRED);
    if (!value.isBoolean()) {
      throw wrong(at(key), value, rule.expected());
    }
    return value.booleanValue();
  }

  /** Text without control characters, not blank. */
  String text(String key, String expected) {
    return value(key, new Rule.Text(expected), this::text);
  }

  /** The same, or null when absent. */
  String optionalText(String key, String expected) {
    return optional(key, new Rule.Text(expected), this::text);
  }

  /** A name: letters, digits, spaces, and {@code _ + -}; it becomes a label and a part of keys. */
  String name(String key) {
    String name = text(key, NAME_RULE);
    if (!NAME.matcher(name).matches()) {
      throw refuse(key, NAME_RULE);
    }
    return name;
  }

  /** One of the constants. */
  <E extends Enum<E>> E choice(String key, List<E> choices) {
    return value(key, labels(choices), constant(choices));
  }

  /** One of the constants, or null when absent. */
  <E extends Enum<E>> E optionalChoice(String key, List<E> choices) {
    return optional(key, labels(choices), constant(choices));
  }

  /** One of some words, of which the first is the default when the key is absent. */
  String wordOrFirst(String key, List<String> words) {
    Rule rule = new Rule.Choice(words);
    JsonNode value = read(key, rule, TextNode.valueOf(words.get(0)));
    return has(key) ? word(at(key), value, rule) : words.get(0);
  }

  /** A list of different constants. */
  <E extends Enum<E>> List<E> choices(String key, List<E> choices) {
    return value(key, new Rule.Several(labels(choices)), distinct(constant(choices)));
  }

  /** A list of different texts. */
  List<String> texts(String key, String expected) {
    return value(key, new Rule.Several(new Rule.Text(expected)), distinct(this::text));
  }

  /** A list of different regular expressions. */
  List<String> expressions(String key) {
    Rule rule = new Rule.Several(new Rule.Text("a regular expression"));
    return value(key, rule, distinct(this::expression));
  }

  /** A list of different integers from {@code least} to {@code most}, not empty; null if absent. */
  List<Integer> optionalIntegers(String key, int least, int most) {
    refuseEmpty(key);
    Rule rule = new Rule.Several(new Rule.Whole(least, most));
    return optional(key, rule, distinct(this::smallWhole));
  }

  /** A list of different numbers in a range. */
  List<Double> numbers(String key, Range range) {
    return value(key, new Rule.Several(new Rule.Real(range)), distinct(this::real));
  }

  /** The section under a key. */
  Section section(String key, Class<? extends Record> schema) {
    JsonNode value = read(key, new Rule.Keys(schema), REQUIRED);
    return new Section(tree, at(key), value, schema, listener);
  }

  /** The sections of a list under a key; none when it is absent. */
  List<Section> sections(String key, Class<? extends Record> schema) {
    refuseEmpty(key);
    return sectionsOrNone(key, schema);
  }

  /** The sections of a list under a key, which may be empty; none when it is absent. */
  List<Section> sectionsOrNone(String key, Class<? extends Record> schema) {
    Rule rule = new Rule.Several(new Rule.Keys(schema));
    JsonNode value = read(key, rule, NULL);
    if (value.isMissingNode()) {
      return List.of();
    }
    List<JsonNode> entries = entries(at(key), value, rule);
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      List<String> place = RecipeTree.join(at(key), Integer.toString(i));
      sections.add(new Section(tree, place, entries.get(i), schema, listener));
    }
    return sections;
  }

  /** The sections of a mapping under a key by name, in order; none when it is absent. */
  Map<String, Section> namedSections(String key, Class<? extends Record> schema) {
    Map<String, Section> sections = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry :
        mapping(key, new Rule.Named(new Rule.Keys(schema), "a mapping of names to data"))) {
      List<String> place = RecipeTree.join(at(key), entry.getKey());
      if (!NAME.matcher(entry.getKey()).matches()) {
        throw FipException.data(
            "%s: %s has the name %s; it must be %s",
            tree.origin(place), dotted(at(key)), Scalars.quote(entry.getKey()), NAME_RULE);
      }
      sections.put(entry.getKey(), new Section(tree, place, entry.getValue(), schema, listener));
    }
    return sections;
  }

  /** The numbers of a mapping under a key, which has these names only; none when it is absent. */
  Map<String, Double> numbers(String key, Set<String> names, Range range) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    Rule.Real each = new Rule.Real(range);
    for (Map.Entry<String, JsonNode> entry :
        mapping(key, new Rule.Named(each, "a mapping of names to numbers"))) {
      List<String> place = RecipeTree.join(at(key), entry.getKey());
      if (!names.contains(entry.getKey())) {
        throw FipException.data(
            "%s: %s has the name %s; it must be one of evaluate: %s",
            tree.origin(place),
            dotted(at(key)),
            Scalars.quote(entry.getKey()),
            names.isEmpty() ? "none is there" : String.join(", ", names));
      }
      numbers.put(entry.getKey(), real(place, entry.getValue(), each));
    }
    return numbers;
  }

  /** The entries of a mapping; none when it is absent. */
  private Set<Map.Entry<String, JsonNode>> mapping(String key, Rule rule) {
    JsonNode value = read(key, rule, NULL);
    if (has(key) && !value.isObject()) {
      throw wrong(at(key), value, rule.expected());
    }
    return has(key) ? value.properties() : Set.of();
  }

  /** A mapping that is passed on as it is; null when absent. */
  ObjectNode optionalMapping(String key, String expected) {
    Rule rule = new Rule.Anything(expected);
    JsonNode value = read(key, rule, NULL);
    if (has(key) && !value.isObject()) {
      throw wrong(at(key), value, rule.expected());
    }
    return has(key) ? (ObjectNode) value : null;
  }

  /** Where a value below this section was written. */
  String origin(List<String> below) {
    List<String> place = new ArrayList<>(path);
    place.addAll(below);
    return tree.origin(place);
  }

  /** A failure about the value of a key. */
  FipException refuse(String key, String expected) {
    return wrong(at(key), node.path(key), expected);
  }

  private FipException wrong(List<String> place, JsonNode value, String expected) {
    if (value.isMissingNode()) {
      return FipException.data(
          "%s: %s is missing; it must be %s", tree.origin(place), dotted(place), expected);
    }
    return FipException.data(
        "%s: %s is %s; it must be %s",
        tree.origin(place),
        place.isEmpty() ? "the recipe" : dotted(place),
        Scalars.describe(value),
        expected);
  }

  private List<String> at(String key) {
    return RecipeTree.join(path, key);
  }

  private static String dotted(List<String> place) {
    return String.join(".", place).replaceAll("\\p{Cntrl}", "?");
  }
}
