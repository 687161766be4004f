package org.fip.spark.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/**
 * Where a command prints.
 *
 * @param out the result
 * @param err errors and progress
 * @param terminal whether somebody looks at {@code err} while the command runs
 */
record Console(PrintStream out, PrintStream err, boolean terminal) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether standard error is a terminal that can redraw a line. */
  static boolean isTerminal() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      // Java's own console needs the other two streams to be terminals as well.
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  void print(String text) {
    out.println(text);
  }

  void print(ObjectNode document) {
    try {
      out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document));
    } catch (JsonProcessingException e) {
      throw new FipException(Category.INTERNAL, "a result cannot be written as JSON", e);
    }
  }

  /** Prints the line of a failure. */
  void complain(Failure failure) {
    err.println("error: " + failure.line());
  }

  /** Prints a failure, as a document too when one is expected; returns its exit code. */
  int fail(Failure failure, boolean json) {
    complain(failure);
    if (json) {
      print(JSON.createObjectNode().set("error", failure.toJson()));
      out.flush();
    }
    return failure.category().exitCode();
  }

  /**
   * Makes sure that all of the result was written.
   *
   * @throws FipException STORAGE when it was not
   */
  void end() {
    if (out.checkError()) {
      throw new FipException(
          Category.STORAGE, "standard output cannot be written; check the disk or the pipe");
    }
  }
}
