package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.fip.core.FipException;

/**
 * What a command ended with.
 *
 * @param json the result for programs
 * @param text the result for people, without a line break at the end; may be empty
 * @param problem why the command fails although it has a result
 */
record Outcome(ObjectNode json, String text, Optional<FipException> problem) {

  static Outcome of(ObjectNode json, String text) {
    return new Outcome(json, text, Optional.empty());
  }

  static Outcome failed(ObjectNode json, String text, FipException problem) {
    return new Outcome(json, text, Optional.of(problem));
  }

  /** The JSON document, which says in {@code error} why the command fails. */
  ObjectNode document() {
    problem.ifPresent(cause -> json.set("error", Failure.of(cause).toJson()));
    return json;
  }
}
