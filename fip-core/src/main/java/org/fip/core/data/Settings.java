package org.fip.core.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.fip.core.FipException;

/**
 * A JSON file of a network's folder, read with checks: every getter names the key and the value it
 * refuses. A key with the value null counts as missing.
 */
final class Settings {

  private final ObjectNode json;
  private final String location;

  /**
   * Wraps parsed JSON.
   *
   * @param location the file it came from, for messages
   * @throws FipException DATA when it is no object
   */
  Settings(JsonNode json, String location) {
    if (!(json instanceof ObjectNode object)) {
      throw FipException.data("%s: expected a JSON object", location);
    }
    this.json = object;
    this.location = location;
  }

  /** Parses a file; parameters as in the constructor. */
  static Settings parse(byte[] file, String location) {
    try {
      return new Settings(new ObjectMapper().readTree(file), location);
    } catch (JsonProcessingException e) {
      throw FipException.data("%s: not JSON: %s", location, oneLine(e.getOriginalMessage()));
    } catch (IOException e) {
      throw FipException.data("%s: not JSON: %s", location, oneLine(String.valueOf(e)));
    }
  }

  /** The file, for messages. */
  String location() {
    return location;
  }

  /** The parsed file itself, not a copy. */
  ObjectNode json() {
    return json;
  }

  /** The value of a key, a missing node when there is none. */
  JsonNode get(String key) {
    return get(json, key);
  }

  /** The value of a key of an object inside the file. */
  static JsonNode get(JsonNode object, String key) {
    JsonNode node = object.path(key);
    return node.isNull() ? MissingNode.getInstance() : node;
  }

  boolean flag(String key, boolean fallback) {
    JsonNode node = get(key);
    if (!node.isMissingNode() && !node.isBoolean()) {
      throw unsupported(key, node, "true or false");
    }
    return node.asBoolean(fallback);
  }

  double number(String key, double fallback) {
    JsonNode node = get(key);
    return node.isMissingNode() ? fallback : finite(key, node);
  }

  /** A list of numbers, or one number as a list of it. */
  double[] numbers(String key, double... fallback) {
    JsonNode node = get(key);
    if (node.isMissingNode()) {
      return fallback;
    }
    if (!node.isArray()) {
      return new double[] {finite(key, node)};
    }
    double[] numbers = new double[node.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = finite(key, node.get(i));
    }
    if (numbers.length == 0) {
      throw unsupported(key, node, "one number for each channel");
    }
    return numbers;
  }

  private double finite(String key, JsonNode node) {
    if (!node.isNumber() || !Double.isFinite(node.asDouble())) {
      throw unsupported(key, node, "finite numbers");
    }
    return node.asDouble();
  }

  /** The failure that a value is not among those supported. */
  FipException unsupported(String key, Object found, Object supported) {
    return FipException.data("%s: %s is %s; supported: %s", location, key, found, supported);
  }

  static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
