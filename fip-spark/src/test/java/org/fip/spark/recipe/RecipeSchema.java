package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A JSON Schema (draft 7, which editors know) of recipes. Nothing is required by it, because what a
 * file leaves out may come from {@code --set}.
 */
final class RecipeSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> ONE_OR_NONE = List.of("null");

  private final List<RecipeKeys.Key> keys;
  private final RecipeReference reference;

  RecipeSchema(List<RecipeKeys.Key> keys, RecipeReference reference) {
    this.keys = keys;
    this.reference = reference;
  }

  ObjectNode build() {
    ObjectNode schema = JSON.objectNode();
    schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    schema.put("title", "A recipe of fip");
    ObjectNode properties = fill(schema, "");
    properties
        .withObject("/explore/properties/grid")
        .removeAll()
        .setAll(grid(reference.meaning("explore.grid")));
    properties.set(Chain.KEY, operations(properties));
    return schema;
  }

  private ObjectNode fill(ObjectNode schema, String parent) {
    schema.put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    for (RecipeKeys.Key key : keys) {
      if (key.parent().equals(parent) && !key.entry()) {
        ObjectNode property = of(key.rule(), key.place());
        if (mayBeNull(key)) {
          allowNull(property);
        }
        String text = reference.meaning(key.place());
        if (!text.isEmpty()) {
          property.put("description", text);
        }
        properties.set(key.name(), property);
      }
    }
    schema.put("additionalProperties", false);
    return properties;
  }

  /** Sections whose lines are all commented out, and values that may be absent. */
  private static boolean mayBeNull(RecipeKeys.Key key) {
    return key.rule() instanceof Rule.Keys || key.absent().isNull() || key.absent().isTextual();
  }

  private static void allowNull(ObjectNode property) {
    if (property.has("enum")) {
      property.withArray("/enum").addNull();
    } else {
      String type = property.path("type").asText();
      ArrayNode types = property.putArray("type").add(type);
      ONE_OR_NONE.forEach(types::add);
    }
  }

  private ObjectNode of(Rule rule, String place) {
    ObjectNode schema = JSON.objectNode();
    if (rule instanceof Rule.Whole whole) {
      schema.put("type", "integer");
      if (whole.least() != Long.MIN_VALUE) {
        schema.put("minimum", whole.least());
      }
      if (whole.most() != Long.MAX_VALUE) {
        schema.put("maximum", whole.most());
      }
    } else if (rule instanceof Rule.Real real) {
      schema.put("type", "number");
      Range range = real.range();
      schema.put(range.leastInside() ? "minimum" : "exclusiveMinimum", range.least());
      if (range.most() != Double.POSITIVE_INFINITY) {
        schema.put(range.mostInside() ? "maximum" : "exclusiveMaximum", range.most());
      }
    } else if (rule instanceof Rule.Or either) {
      ArrayNode ways = schema.putArray("anyOf");
      ways.add(of(either.rule(), place));
      ways.add(of(new Rule.Choice(List.of(either.word())), place));
    } else if (rule instanceof Rule.Flag) {
      schema.put("type", "boolean");
    } else if (rule instanceof Rule.Text) {
      schema.put("type", "string").put("minLength", 1);
    } else if (rule instanceof Rule.Choice choice) {
      ArrayNode words = schema.putArray("enum");
      choice.words().forEach(words::add);
    } else if (rule instanceof Rule.Several several) {
      schema.put("type", "array").set("items", of(several.each(), place + "[]"));
      if (!(several.each() instanceof Rule.Keys)) {
        schema.put("uniqueItems", true);
      }
    } else if (rule instanceof Rule.Keys) {
      fill(schema, place);
    } else if (rule instanceof Rule.Named named) {
      schema.put("type", "object").set("additionalProperties", of(named.each(), place + ".NAME"));
    } else {
      schema.put("type", "object");
    }
    return schema;
  }

  /** Lists of what the single keys take; nested mappings, and entries of lists, as they come. */
  private ObjectNode grid(String text) {
    ObjectNode grid = JSON.objectNode().put("description", text);
    grid.putArray("type").add("object").add("null");
    ObjectNode properties = grid.putObject("properties");
    for (RecipeKeys.Key key : keys) {
      String place = key.place();
      boolean single =
          !place.matches(".*(\\[]|NAME|^explore|^output|^baselines).*")
              && !(key.rule() instanceof Rule.Keys);
      if (single && place.contains(".")) {
        ObjectNode values = properties.putObject(place).put("type", "array").put("minItems", 1);
        String pointer = place.replace(".", "/properties/");
        values.putObject("items").put("$ref", "#/properties/" + pointer);
      }
    }
    ArrayNode free = grid.putObject("additionalProperties").putArray("type");
    free.add("array").add("object");
    return grid;
  }

  private static ObjectNode operations(ObjectNode properties) {
    ObjectNode list = JSON.objectNode().put("type", "array").put("minItems", 1);
    list.put("description", RecipeReference.OPERATIONS);
    ObjectNode entry = list.putObject("items").put("type", "object");
    ObjectNode own = entry.putObject("properties");
    ArrayNode commands = own.putObject("command").putArray("enum");
    Chain.COMMANDS.forEach(command -> commands.add(command.label()));
    properties
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!List.of("output", "night", ExploreSettings.KEY).contains(name)) {
                own.putObject(name).put("$ref", "#/properties/" + name);
              }
            });
    entry.put("additionalProperties", false);
    return list;
  }
}
