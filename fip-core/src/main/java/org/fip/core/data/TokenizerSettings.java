package org.fip.core.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;

/**
 * What {@code tokenizer_config.json} and {@code special_tokens_map.json} say, if they are there.
 */
final class TokenizerSettings {

  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL_TOKENS = "special_tokens_map.json";

  private final Settings config;
  private final Settings specialTokens;

  /**
   * Reads both.
   *
   * @param files content by file name
   * @param location the folder, for messages
   */
  TokenizerSettings(Map<String, byte[]> files, String location) {
    config = optional(files, CONFIG, location);
    specialTokens = optional(files, SPECIAL_TOKENS, location);
  }

  private static Settings optional(Map<String, byte[]> files, String name, String location) {
    String where = location + "/" + name;
    byte[] file = files.get(name);
    return file == null
        ? new Settings(JsonNodeFactory.instance.objectNode(), where)
        : Settings.parse(file, where);
  }

  /** {@code tokenizer_config.json}, empty when there is none. */
  Settings config() {
    return config;
  }

  /** The text of a special token such as {@code pad_token}. */
  String specialToken(String key, String fallback) {
    for (Settings settings : List.of(config, specialTokens)) {
      JsonNode node = settings.get(key);
      JsonNode text = node.isObject() ? Settings.get(node, "content") : node;
      if (text.isTextual()) {
        return text.asText();
      }
      if (!node.isMissingNode()) {
        throw settings.unsupported(key, node, "the text of a token");
      }
    }
    return fallback;
  }

  /** Whether a side such as {@code padding_side} is the left one. */
  boolean left(String key, String fallback) {
    String side = config.get(key).asText(fallback);
    if (!side.equalsIgnoreCase("left") && !side.equalsIgnoreCase("right")) {
      throw config.unsupported(key, side, "left or right");
    }
    return side.equalsIgnoreCase("left");
  }

  /** The most tokens of a text; a {@code model_max_length} such as 1e30 says no limit. */
  int maxLength(int maxPositions) {
    return (int) Math.min(maxPositions, config.number("model_max_length", maxPositions));
  }

  /** The failure that a tokenizer lacks a special token. */
  static FipException missing(String where, String key, String token) {
    return FipException.data(
        "%s: the %s %s is missing; add it, or correct %s in %s", where, key, token, key, CONFIG);
  }
}
