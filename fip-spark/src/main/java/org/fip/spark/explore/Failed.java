package org.fip.spark.explore;

import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/** Failures of points, in one line. */
final class Failed {
  private static final int LONGEST_LINE = 500;

  private Failed() {}

  /** The state after a failure of the path itself. */
  static PointState of(Throwable failure, PointState state) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof FipException known) {
        return state.failed(known.category(), line(known.getMessage()));
      }
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return state.failed(
        Category.INTERNAL, line(root.getClass().getSimpleName() + ": " + root.getMessage()));
  }

  /** The state after Spark gave up a path's task. */
  static PointState ofTask(Throwable failure, PointState state) {
    return state
        .withAttempts(1)
        .failed(Category.TEMPORARY, line("its executor failed: " + failure.getMessage()));
  }

  /** Whether the same may succeed when it is tried again. */
  static boolean mayPass(PointState state) {
    return switch (state.category()) {
      case TEMPORARY, STORAGE, INTERNAL -> true;
      case DATA, NOT_FOUND, CONFIGURATION, USAGE -> false;
    };
  }

  private static String line(String message) {
    String line =
        String.valueOf(message).lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", "?");
    return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "...";
  }
}
