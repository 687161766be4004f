package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.function.BiFunction;
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

  private final RecipeTree tree;
  private final List<String> path;
  private final ObjectNode node;

  /**
   * The section at a path.
   *
   * @throws FipException DATA when it is not a mapping, or has a key that {@code schema} has not
   */
  Section(RecipeTree tree, List<String> path, JsonNode node, Class<? extends Record> schema) {
    this.tree = tree;
    this.path = path;
    if (!(node instanceof ObjectNode mapping)) {
      throw wrong(path, node, "a mapping with the keys " + String.join(", ", keys(schema)));
    }
    this.node = mapping;
    refuseUnknown(keys(schema));
  }

  private static List<String> keys(Class<? extends Record> schema) {
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

  /** An integer from {@code least} to {@code most}. */
  long integer(String key, long least, long most) {
    JsonNode value = node.path(key);
    String expected = "an integer from %d to %d".formatted(least, most);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      throw wrong(at(key), value, expected);
    }
    return value.longValue();
  }

  /** An integer of {@code int} size from {@code least} to {@code most}. */
  int smallInteger(String key, int least, int most) {
    return Math.toIntExact(integer(key, least, most));
  }

  /** The same, or null when absent. */
  Integer optionalInteger(String key, int least, int most) {
    return has(key) ? smallInteger(key, least, most) : null;
  }

  /** The value, or a default when the key is absent. */
  long integerOr(String key, long least, long most, long absent) {
    return node.has(key) ? integer(key, least, most) : absent;
  }

  /** A number in a range. */
  double number(String key, Range range) {
    JsonNode value = node.path(key);
    if (!value.isNumber() || !range.contains(value.doubleValue())) {
      throw wrong(at(key), value, range.describe());
    }
    return value.doubleValue();
  }

  /** The same, or null when absent. */
  Double optionalNumber(String key, Range range) {
    return has(key) ? number(key, range) : null;
  }

  /** True or false. */
  boolean bool(String key) {
    JsonNode value = node.path(key);
    if (!value.isBoolean()) {
      throw wrong(at(key), value, "true or false");
    }
    return value.booleanValue();
  }

  /** Text without control characters, not blank. */
  String text(String key, String expected) {
    return text(at(key), node.path(key), expected);
  }

  private String text(List<String> place, JsonNode value, String expected) {
    if (!value.isTextual()
        || value.textValue().isBlank()
        || CONTROL.matcher(value.textValue()).find()) {
      throw wrong(place, value, expected);
    }
    return value.textValue();
  }

  /** The same, or null when absent. */
  String optionalText(String key, String expected) {
    return has(key) ? text(key, expected) : null;
  }

  /** A name: letters, digits, spaces, and {@code _ + -}; it becomes a label and a part of keys. */
  String name(String key) {
    String name = text(key, NAME_RULE);
    if (!NAME.matcher(name).matches()) {
      throw wrong(at(key), node.path(key), NAME_RULE);
    }
    return name;
  }

  /** One of the constants. */
  <E extends Enum<E>> E choice(String key, List<E> choices) {
    return choice(at(key), node.path(key), choices);
  }

  private <E extends Enum<E>> E choice(List<String> place, JsonNode value, List<E> choices) {
    for (E choice : choices) {
      if (value.isTextual() && Labels.of(choice).equals(value.textValue())) {
        return choice;
      }
    }
    List<String> labels = choices.stream().map(Labels::of).toList();
    String near =
        value.isTextual()
            ? Nearest.to(value.textValue(), labels)
                .map(label -> " (did you mean " + label + "?)")
                .orElse("")
            : "";
    throw wrong(place, value, "one of " + String.join(", ", labels) + near);
  }

  /** A list of different constants. */
  <E extends Enum<E>> List<E> choices(String key, List<E> choices) {
    return distinct(key, (place, value) -> choice(place, value, choices));
  }

  /** A list of different texts. */
  List<String> texts(String key, String expected) {
    return distinct(key, (place, value) -> text(place, value, expected));
  }

  /** A list of different regular expressions. */
  List<String> expressions(String key) {
    return distinct(
        key,
        (place, value) -> {
          String text = text(place, value, "a regular expression");
          try {
            Pattern.compile(text);
          } catch (PatternSyntaxException e) {
            throw wrong(
                place,
                value,
                "a regular expression: " + Scalars.oneLine(e).toLowerCase(Locale.ROOT));
          }
          return text;
        });
  }

  /** A list of different integers from {@code least} to {@code most}, not empty; null if absent. */
  List<Integer> optionalIntegers(String key, int least, int most) {
    if (!has(key)) {
      return null;
    }
    refuseEmpty(key);
    return distinct(
        key,
        (place, value) -> {
          if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
            throw wrong(place, value, "an integer from %d to %d".formatted(least, most));
          }
          return value.intValue();
        });
  }

  /** A list of different numbers in a range. */
  List<Double> numbers(String key, Range range) {
    return distinct(
        key,
        (place, value) -> {
          if (!value.isNumber() || !range.contains(value.doubleValue())) {
            throw wrong(place, value, range.describe());
          }
          return value.doubleValue();
        });
  }

  private <T> List<T> distinct(String key, BiFunction<List<String>, JsonNode, T> read) {
    Set<T> values = new LinkedHashSet<>();
    List<JsonNode> entries = list(key);
    for (int i = 0; i < entries.size(); i++) {
      List<String> place = RecipeTree.join(at(key), Integer.toString(i));
      if (!values.add(read.apply(place, entries.get(i)))) {
        throw FipException.data(
            "%s: %s is %s, which is in the list before; remove one",
            tree.origin(place), dotted(place), Scalars.describe(entries.get(i)));
      }
    }
    return List.copyOf(values);
  }

  private List<JsonNode> list(String key) {
    JsonNode value = node.path(key);
    if (!value.isArray()) {
      throw wrong(at(key), value, "a list, for example [a, b]");
    }
    List<JsonNode> entries = new ArrayList<>();
    value.forEach(entries::add);
    return entries;
  }

  private void refuseEmpty(String key) {
    if (list(key).isEmpty()) {
      throw FipException.data(
          "%s: %s is an empty list; give at least one entry or remove the key",
          tree.origin(at(key)), dotted(at(key)));
    }
  }

  /** The section under a key. */
  Section section(String key, Class<? extends Record> schema) {
    return new Section(tree, at(key), node.path(key), schema);
  }

  /** The sections of a list under a key; none when it is absent. */
  List<Section> sections(String key, Class<? extends Record> schema) {
    if (node.has(key)) {
      refuseEmpty(key);
    }
    return sectionsOrNone(key, schema);
  }

  /** The sections of a list under a key, which may be empty; none when it is absent. */
  List<Section> sectionsOrNone(String key, Class<? extends Record> schema) {
    if (!node.has(key)) {
      return List.of();
    }
    List<JsonNode> entries = list(key);
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      List<String> place = RecipeTree.join(at(key), Integer.toString(i));
      sections.add(new Section(tree, place, entries.get(i), schema));
    }
    return sections;
  }

  /** The sections of a mapping under a key by name, in order; none when it is absent. */
  Map<String, Section> namedSections(String key, Class<? extends Record> schema) {
    Map<String, Section> sections = new LinkedHashMap<>();
    if (!has(key)) {
      return sections;
    }
    JsonNode mapping = node.path(key);
    if (!mapping.isObject()) {
      throw wrong(at(key), mapping, "a mapping of names to data");
    }
    mapping
        .properties()
        .forEach(
            entry -> {
              List<String> place = RecipeTree.join(at(key), entry.getKey());
              if (!NAME.matcher(entry.getKey()).matches()) {
                throw FipException.data(
                    "%s: %s has the name %s; it must be %s",
                    tree.origin(place), dotted(at(key)), Scalars.quote(entry.getKey()), NAME_RULE);
              }
              sections.put(entry.getKey(), new Section(tree, place, entry.getValue(), schema));
            });
    return sections;
  }

  /** The numbers of a mapping under a key, which has these names only; none when it is absent. */
  Map<String, Double> numbers(String key, Set<String> names, Range range) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    if (!has(key)) {
      return numbers;
    }
    if (!(node.get(key) instanceof ObjectNode mapping)) {
      throw wrong(at(key), node.get(key), "a mapping of names to numbers");
    }
    for (Map.Entry<String, JsonNode> entry : mapping.properties()) {
      List<String> place = RecipeTree.join(at(key), entry.getKey());
      if (!names.contains(entry.getKey())) {
        throw FipException.data(
            "%s: %s has the name %s; it must be one of evaluate: %s",
            tree.origin(place),
            dotted(at(key)),
            Scalars.quote(entry.getKey()),
            names.isEmpty() ? "none is there" : String.join(", ", names));
      }
      if (!entry.getValue().isNumber() || !range.contains(entry.getValue().doubleValue())) {
        throw wrong(place, entry.getValue(), range.describe());
      }
      numbers.put(entry.getKey(), entry.getValue().doubleValue());
    }
    return numbers;
  }

  /** A mapping that is passed on as it is; null when absent. */
  ObjectNode optionalMapping(String key) {
    if (!has(key)) {
      return null;
    }
    if (!(node.get(key) instanceof ObjectNode mapping)) {
      throw wrong(at(key), node.get(key), "a mapping, the content of a JSON file");
    }
    return mapping;
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
