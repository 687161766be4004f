package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.fip.core.FipException;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.Event.ID;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads one YAML document into a tree, remembering the line of every key. Works on parser events,
 * because the trees that Jackson and SnakeYAML build forget the lines and keep the last of two
 * equal keys. Aliases and tags are refused: a recipe needs neither, and both have been used to
 * attack readers.
 */
final class YamlReader {
  private static final int DEEPEST = 40;

  private final Parser parser;
  private final Function<Mark, String> originOf;
  private final Map<List<String>, String> origins = new HashMap<>();

  private YamlReader(String text, Function<Mark, String> originOf) {
    this.parser = new ParserImpl(new StreamReader(text), new LoaderOptions());
    this.originOf = originOf;
  }

  /**
   * The tree of a recipe file.
   *
   * @throws FipException DATA when it is not one YAML mapping
   */
  static RecipeTree read(RecipeSource source) {
    Function<Mark, String> originOf = mark -> source.name() + " line " + (mark.getLine() + 1);
    return parse(
        source.text(),
        source.name(),
        originOf,
        reader -> {
          JsonNode root = reader.document();
          if (root instanceof NullNode) {
            root = JsonNodeFactory.instance.objectNode();
          }
          if (!(root instanceof ObjectNode mapping)) {
            throw FipException.data(
                "%s: holds %s; a recipe is a mapping of keys to values",
                source.name(), Scalars.describe(root));
          }
          return new RecipeTree(source.name(), mapping, reader.origins);
        });
  }

  /**
   * The value of an option, such as {@code 5} or {@code [a, b]}.
   *
   * @throws FipException DATA when it is not YAML
   */
  static JsonNode value(String text, String origin) {
    return parse(text, origin, mark -> origin, YamlReader::document);
  }

  private static <T> T parse(
      String text, String name, Function<Mark, String> originOf, Function<YamlReader, T> read) {
    try {
      return read.apply(new YamlReader(text, originOf));
    } catch (MarkedYAMLException e) {
      String origin = e.getProblemMark() == null ? name : originOf.apply(e.getProblemMark());
      throw new FipException(
          FipException.Category.DATA,
          "%s: not YAML: %s; check indentation, quotes and brackets there"
              .formatted(origin, e.getProblem().replaceAll("\\p{Cntrl}", "?")),
          e);
    } catch (ReaderException e) {
      throw new FipException(
          FipException.Category.DATA,
          "%s: not YAML: the character U+%04X at position %d is not allowed; remove it"
              .formatted(name, e.getCodePoint(), e.getPosition()),
          e);
    }
  }

  private JsonNode document() {
    expect(ID.StreamStart);
    if (parser.checkEvent(ID.StreamEnd)) {
      return NullNode.getInstance();
    }
    expect(ID.DocumentStart);
    JsonNode root = node(List.of());
    expect(ID.DocumentEnd);
    Event next = parser.getEvent();
    if (!next.is(ID.StreamEnd)) {
      throw FipException.data(
          "%s: a second YAML document starts here; keep one", originOf.apply(next.getStartMark()));
    }
    return root;
  }

  private void expect(ID id) {
    Event event = parser.getEvent();
    if (!event.is(id)) {
      throw new IllegalStateException("expected " + id + ", found " + event);
    }
  }

  private JsonNode node(List<String> path) {
    Event event = parser.getEvent();
    String origin = originOf.apply(event.getStartMark());
    if (path.size() > DEEPEST) {
      throw FipException.data("%s: more than %d levels deep; a recipe is flat", origin, DEEPEST);
    }
    if (event instanceof AliasEvent alias) {
      throw FipException.data(
          "%s: alias *%s is not supported; write the value out", origin, alias.getAnchor());
    }
    origins.putIfAbsent(path, origin);
    if (event instanceof ScalarEvent scalar) {
      refuseTag(scalar.getTag(), origin);
      return scalar.getScalarStyle() == ScalarStyle.PLAIN
          ? Scalars.plain(scalar.getValue())
          : TextNode.valueOf(scalar.getValue());
    }
    return event instanceof SequenceStartEvent start
        ? sequence(start, path, origin)
        : mapping((MappingStartEvent) event, path, origin);
  }

  private ArrayNode sequence(SequenceStartEvent start, List<String> path, String origin) {
    refuseTag(start.getTag(), origin);
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    while (!parser.checkEvent(ID.SequenceEnd)) {
      list.add(node(RecipeTree.join(path, Integer.toString(list.size()))));
    }
    parser.getEvent();
    return list;
  }

  private ObjectNode mapping(MappingStartEvent start, List<String> path, String origin) {
    refuseTag(start.getTag(), origin);
    ObjectNode mapping = JsonNodeFactory.instance.objectNode();
    while (!parser.checkEvent(ID.MappingEnd)) {
      NodeEvent keyEvent = (NodeEvent) parser.getEvent();
      String keyOrigin = originOf.apply(keyEvent.getStartMark());
      if (!(keyEvent instanceof ScalarEvent scalar)) {
        throw FipException.data("%s: a key has to be plain text", keyOrigin);
      }
      String key = scalar.getValue();
      if (mapping.has(key)) {
        throw FipException.data(
            "%s: key %s occurs twice, first at %s; remove one",
            keyOrigin, Scalars.quote(key), origins.get(RecipeTree.join(path, key)));
      }
      List<String> child = RecipeTree.join(path, key);
      origins.put(child, keyOrigin);
      mapping.set(key, node(child));
    }
    parser.getEvent();
    return mapping;
  }

  private static void refuseTag(String tag, String origin) {
    if (tag != null && !tag.equals("!")) {
      throw FipException.data(
          "%s: tag %s is not supported; write the value without it", origin, Scalars.quote(tag));
    }
  }
}
