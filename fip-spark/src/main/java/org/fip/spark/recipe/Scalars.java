package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * Scalars by the core schema of YAML 1.2. The 1.1 rules of most Java parsers read {@code 1e-3} as
 * text, {@code 2:4} as 124 and {@code no} as false, and all three occur in recipes.
 */
final class Scalars {
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final int LONGEST_QUOTE = 60;

  private Scalars() {}

  /** The value of an unquoted scalar. */
  static JsonNode plain(String text) {
    switch (text) {
      case "", "~", "null", "Null", "NULL" -> {
        return NullNode.getInstance();
      }
      case "true", "True", "TRUE" -> {
        return BooleanNode.TRUE;
      }
      case "false", "False", "FALSE" -> {
        return BooleanNode.FALSE;
      }
      default -> {
        return number(text);
      }
    }
  }

  private static JsonNode number(String text) {
    if (INTEGER.matcher(text).matches()) {
      BigInteger value = new BigInteger(text);
      if (value.bitLength() < Integer.SIZE) {
        return IntNode.valueOf(value.intValue());
      }
      return value.bitLength() < Long.SIZE
          ? LongNode.valueOf(value.longValue())
          : BigIntegerNode.valueOf(value);
    }
    if (NUMBER.matcher(text).matches()) {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value)) {
        return DoubleNode.valueOf(value);
      }
    }
    return TextNode.valueOf(text);
  }

  /** A value as messages show it: on one line, and short. */
  static String describe(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> "a mapping";
      case ARRAY -> "a list";
      case NULL, MISSING -> "empty";
      case STRING -> quote(node.textValue());
      default -> shorten(node.asText());
    };
  }

  /** The text in quotes, shortened, control characters shown as a question mark. */
  static String quote(String text) {
    return '"' + shorten(text) + '"';
  }

  /** The first line of a failure's message. */
  static String oneLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElse("").strip();
  }

  private static String shorten(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= LONGEST_QUOTE ? clean : clean.substring(0, LONGEST_QUOTE) + "...";
  }
}
