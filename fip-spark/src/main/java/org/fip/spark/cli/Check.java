package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Locale;

/**
 * One line of what {@code doctor} found.
 *
 * @param name what was looked at
 * @param status how it is
 * @param detail what was found
 * @param advice what to do; empty when all is well
 */
record Check(String name, Status status, String detail, String advice) {

  /** How something is. */
  enum Status {
    /** As it should be. */
    OK,
    /** Works, but slower or less safely than it could. */
    WARNING,
    /** Does not work. */
    FAILED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The checks as a list of objects. */
  static ArrayNode toJson(List<Check> checks) {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    for (Check check : checks) {
      json.addObject()
          .put("name", check.name())
          .put("status", check.status().label())
          .put("detail", check.detail())
          .put("advice", check.advice());
    }
    return json;
  }

  static Check ok(String name, String format, Object... arguments) {
    return new Check(name, Status.OK, String.format(Locale.ROOT, format, arguments), "");
  }

  static Check warning(String name, String detail, String advice) {
    return new Check(name, Status.WARNING, detail, advice);
  }

  static Check failed(String name, String detail, String advice) {
    return new Check(name, Status.FAILED, detail, advice);
  }
}
