package org.fip.spark.cli;

import ai.djl.engine.EngineException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/**
 * A failure as a user meets it.
 *
 * @param category decides the exit code
 * @param line what is wrong and what to do, without a line break
 */
record Failure(Category category, String line) {

  /** Puts the message on one line. */
  Failure {
    line = oneLine(line);
  }

  /** The failure that an exception stands for: the first cause that says what to do. */
  static Failure of(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof FipException known) {
        return new Failure(known.category(), known.getMessage());
      }
      if (cause instanceof OutOfMemoryError error) {
        return outOfHeap(error);
      }
      if (cause instanceof EngineException && isOutOfMemory(cause.getMessage())) {
        return new Failure(
            Category.CONFIGURATION,
            "the engine ran out of memory: "
                + firstLine(cause)
                + "; use more executors, a smaller path.batch, or a machine with more memory");
      }
    }
    if (isOfEndedApplication(thrown)) {
      return new Failure(
          Category.TEMPORARY,
          "Spark's application was ended from outside, or its master is lost; run the same command"
              + " again, it goes on from the newest waypoint");
    }
    if (thrown instanceof IOException || thrown instanceof UncheckedIOException) {
      return new Failure(
          Category.STORAGE, "storage failed: " + firstLine(thrown) + "; check the file system");
    }
    return new Failure(
        Category.INTERNAL,
        thrown.getClass().getName()
            + ": "
            + firstLine(thrown)
            + "; this is a defect, --verbose shows where");
  }

  /** The failure as JSON: category, exit code, message. */
  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("category", category.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("exitCode", category.exitCode())
        .put("message", line);
  }

  private static Failure outOfHeap(OutOfMemoryError error) {
    return new Failure(
        Category.CONFIGURATION,
        String.format(
            Locale.ROOT,
            "out of memory: %s, with a heap of %d MiB; give the driver more with --driver-memory,"
                + " executors with --executor-memory",
            error.getMessage(),
            Runtime.getRuntime().maxMemory() >> 20));
  }

  /** Spark tells by this message alone, whatever is asked of a context that it has stopped. */
  private static boolean isOfEndedApplication(Throwable thrown) {
    return thrown instanceof IllegalStateException
        && String.valueOf(thrown.getMessage()).startsWith("Cannot call methods on a stopped");
  }

  private static boolean isOutOfMemory(String message) {
    String text = String.valueOf(message).toLowerCase(Locale.ROOT);
    return text.contains("out of memory") || text.contains("can't allocate memory");
  }

  private static String firstLine(Throwable thrown) {
    return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("no message");
  }

  private static String oneLine(String text) {
    return String.valueOf(text)
        .replaceAll("\\s*\\R\\s*", " ")
        .replaceAll("\\p{Cntrl}", "?")
        .strip();
  }
}
