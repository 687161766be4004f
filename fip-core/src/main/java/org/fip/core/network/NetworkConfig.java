package org.fip.core.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.fip.core.FipException;

/**
 * The {@code config.json} of a Hugging Face folder, read with checks: every getter names the key
 * and the value it refuses.
 */
public final class NetworkConfig {
  private final ObjectNode json;
  private final String location;

  /**
   * Wraps a parsed configuration.
   *
   * @param location the file it came from, for messages
   */
  public NetworkConfig(JsonNode json, String location) {
    if (!(json instanceof ObjectNode object)) {
      throw FipException.data("%s: expected a JSON object", location);
    }
    this.json = object.deepCopy();
    this.location = location;
  }

  /** The file it came from. */
  public String location() {
    return location;
  }

  /** {@code architectures[0]}. */
  public String architecture() {
    JsonNode names = json.path("architectures");
    if (!names.isArray() || names.isEmpty() || !names.get(0).isTextual()) {
      throw FipException.data(
          "%s: architectures[0] must name the network's class, for example LeNet300100", location);
    }
    return names.get(0).asText();
  }

  /** A positive integer that must be there. */
  public int positive(String key) {
    return checkPositive(key, json.get(key));
  }

  /** A positive integer with a default. */
  public int positive(String key, int absent) {
    return json.has(key) ? positive(key) : absent;
  }

  /** A positive number, perhaps with a fraction. */
  public double real(String key, double absent) {
    JsonNode value = json.get(key);
    if (value == null) {
      return absent;
    }
    if (!value.isNumber() || !(value.asDouble() > 0) || !Double.isFinite(value.asDouble())) {
      throw FipException.data("%s: %s is %s, expected a positive number", location, key, value);
    }
    return value.asDouble();
  }

  /** True or false. */
  public boolean flag(String key, boolean absent) {
    JsonNode value = json.get(key);
    if (value == null) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw FipException.data("%s: %s is %s, expected true or false", location, key, value);
    }
    return value.asBoolean();
  }

  /** Height and width: one positive integer for both, or a list of the two. */
  public List<Integer> sides(String key, int absent) {
    JsonNode value = json.get(key);
    if (value == null) {
      return List.of(absent, absent);
    }
    return value.isArray() ? integers(key, 2, 1) : List.of(positive(key), positive(key));
  }

  /** A list of positive integers of any length but zero, with a default. */
  public List<Integer> integers(String key, List<Integer> absent) {
    JsonNode value = json.get(key);
    if (value == null) {
      return absent;
    }
    if (!value.isArray() || value.isEmpty()) {
      throw FipException.data(
          "%s: %s is %s, expected a list of positive integers", location, key, value);
    }
    return integers(key, value.size(), 1);
  }

  /**
   * Refuses a value that asks for something else than the one that is written down here.
   *
   * @param supported what an absent key means, too
   */
  public void require(String key, Object supported) {
    JsonNode value = json.get(key);
    if (value != null && !value.isNull() && !value.asText().equals(String.valueOf(supported))) {
      throw FipException.data(
          "%s: %s is %s, which is not supported; %s is", location, key, value, supported);
    }
  }

  /** A value of any type, or null when it is absent. */
  public JsonNode get(String key) {
    return json.get(key);
  }

  /** The refusal of a value, naming the key. */
  public FipException refuse(String key, String expected) {
    return FipException.data("%s: %s is %s, expected %s", location, key, json.get(key), expected);
  }

  /** A list of {@code length} integers, each at least {@code minimum}. */
  public List<Integer> integers(String key, int length, int minimum) {
    JsonNode value = json.get(key);
    if (!(value instanceof ArrayNode array) || array.size() != length) {
      throw FipException.data(
          "%s: %s is %s, expected a list of %d integers", location, key, value, length);
    }
    List<Integer> result = new ArrayList<>();
    for (JsonNode element : array) {
      if (!element.canConvertToInt() || !element.isIntegralNumber() || element.asInt() < minimum) {
        throw FipException.data(
            "%s: %s holds %s, expected integers of at least %d", location, key, element, minimum);
      }
      result.add(element.asInt());
    }
    return result;
  }

  /** One of the allowed words, with a default. */
  public String word(String key, String absent, List<String> allowed) {
    JsonNode value = json.get(key);
    String word = value == null ? absent : value.asText();
    if (!allowed.contains(word)) {
      throw FipException.data(
          "%s: %s is %s, which is not supported; one of %s is", location, key, value, allowed);
    }
    return word;
  }

  /**
   * The number of classes: {@code num_labels}, or the length of {@code id2label}, or 2 as the
   * library assumes.
   */
  public int classes() {
    if (json.has("num_labels")) {
      return positive("num_labels");
    }
    JsonNode labels = json.path("id2label");
    return labels.isObject() && !labels.isEmpty() ? labels.size() : 2;
  }

  /** A copy with more or fewer classes; {@code id2label} and {@code label2id} follow. */
  public NetworkConfig withClasses(int classes) {
    ObjectNode copy = json.deepCopy();
    if (copy.has("num_labels")) {
      copy.put("num_labels", classes);
    }
    if (copy.get("id2label") instanceof ObjectNode names) {
      ObjectNode kept = copy.objectNode();
      ObjectNode back = copy.objectNode();
      for (int i = 0; i < classes; i++) {
        JsonNode name = names.get(Integer.toString(i));
        String text = name == null ? "LABEL_" + i : name.asText();
        kept.put(Integer.toString(i), text);
        back.put(text, i);
      }
      copy.set("id2label", kept);
      if (copy.has("label2id")) {
        copy.set("label2id", back);
      }
    } else if (!copy.has("num_labels")) {
      // The library counts names; without any there would be two classes again.
      ObjectNode names = copy.putObject("id2label");
      ObjectNode back = copy.putObject("label2id");
      for (int i = 0; i < classes; i++) {
        names.put(Integer.toString(i), "LABEL_" + i);
        back.put("LABEL_" + i, i);
      }
    }
    return new NetworkConfig(copy, location);
  }

  /** A copy with another value of a key. */
  public NetworkConfig with(String key, JsonNode value) {
    ObjectNode copy = json.deepCopy();
    copy.set(key, value);
    return new NetworkConfig(copy, location);
  }

  /** A copy with another list of numbers. */
  public NetworkConfig with(String key, List<Integer> values) {
    ArrayNode list = json.arrayNode();
    values.forEach(list::add);
    return with(key, list);
  }

  /** A copy of the JSON. */
  public ObjectNode json() {
    return json.deepCopy();
  }

  private int checkPositive(String key, JsonNode value) {
    if (value == null) {
      throw FipException.data("%s: %s is missing; give a positive integer", location, key);
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() <= 0) {
      throw FipException.data("%s: %s is %s, expected a positive integer", location, key, value);
    }
    return value.asInt();
  }
}
