package org.fip.spark.cli;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;

/** Failures to write results. */
final class Storage {
  private Storage() {}

  static FipException unwritable(IOException e, Path target) {
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
    return FipException.storage(
        e, "%s: cannot be written: %s; check rights and space there", target, reason);
  }
}
