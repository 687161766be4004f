package org.fip.spark.store;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.BlockMissingException;
import org.fip.core.FipException;

/** Turns failures of Hadoop into ones with one line that a user can act on. */
final class Failures {
  private Failures() {}

  /** A failure of the file system. */
  static FipException storage(Exception cause, Path where, String what) {
    return FipException.storage(cause, "%s: %s: %s", where, what, reason(cause));
  }

  /**
   * A failure to read a committed file: DATA when the file itself is lost or damaged, so that
   * another may be used instead, STORAGE when the file system fails.
   */
  static FipException reading(IOException cause, Path where) {
    if (cause instanceof FileNotFoundException) {
      return FipException.data("%s: is missing", where);
    }
    if (cause instanceof EOFException
        || cause instanceof ChecksumException
        || cause instanceof BlockMissingException) {
      return new FipException(
          FipException.Category.DATA, where + ": is damaged: " + reason(cause), cause);
    }
    return storage(cause, where, "cannot be read");
  }

  /** The first line: a failure of a Hadoop server carries its stack trace in the message. */
  private static String reason(Exception cause) {
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    return message.lines().findFirst().orElse(cause.getClass().getSimpleName());
  }
}
