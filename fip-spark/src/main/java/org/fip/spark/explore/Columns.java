package org.fip.spark.explore;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Names of columns that SQL reads without quotes, unique without regard to case. */
final class Columns {
  private static final int LONGEST_PLAIN = 10;

  private Columns() {}

  /** A name for each key, in their order. */
  static Map<String, String> of(Collection<String> keys) {
    Map<String, String> columns = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    for (String key : keys) {
      String column = key.replaceAll("[^A-Za-z0-9]+", "_");
      while (!taken.add(column.toLowerCase(Locale.ROOT))) {
        column += "_";
      }
      columns.put(key, column);
    }
    return columns;
  }

  /** What all the values of a column are. */
  enum Kind {
    INTEGER,
    NUMBER,
    BOOLEAN,
    TEXT;

    static Kind of(List<JsonNode> values) {
      if (values.stream().allMatch(v -> v.isIntegralNumber() && v.canConvertToLong())) {
        return INTEGER;
      }
      if (values.stream().allMatch(JsonNode::isNumber)) {
        return NUMBER;
      }
      return values.stream().allMatch(JsonNode::isBoolean) ? BOOLEAN : TEXT;
    }
  }

  /** A value as text: JSON where it is no scalar, numbers without exponent where they are short. */
  static String text(JsonNode value) {
    if (value.isDouble()) {
      String plain = BigDecimal.valueOf(value.doubleValue()).stripTrailingZeros().toPlainString();
      return plain.length() <= LONGEST_PLAIN ? plain : value.asText();
    }
    return value.isContainerNode() ? value.toString() : value.asText();
  }
}
