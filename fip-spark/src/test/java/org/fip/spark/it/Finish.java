package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;

/**
 * How a process ended.
 *
 * @param command what was run
 * @param exitCode its status
 * @param out standard output
 * @param err standard error
 */
record Finish(List<String> command, int exitCode, String out, String err) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** This end, which must be a success. */
  Finish ok() {
    assertEquals(0, exitCode, () -> command + "\n" + err + out);
    return this;
  }

  /** The one JSON document that is all of standard output. */
  JsonNode json() {
    try {
      JsonNode document = JSON.readTree(out);
      assertTrue(document.isObject(), () -> "no JSON object: " + out);
      return document;
    } catch (IOException e) {
      throw new AssertionError("not one JSON document: " + out, e);
    }
  }

  /** Asserts the exit code, and that one line names the error and contains this. */
  void assertFails(int expectedCode, String part) {
    List<String> errors = err.lines().filter(line -> line.startsWith("error: ")).toList();
    assertEquals(1, errors.size(), () -> command + "\n" + err);
    assertTrue(errors.get(0).contains(part), () -> command + "\n" + err);
    assertEquals(expectedCode, exitCode, () -> command + "\n" + err);
  }
}
