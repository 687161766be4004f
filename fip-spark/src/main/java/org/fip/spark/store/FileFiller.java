package org.fip.spark.store;

import java.io.IOException;
import java.io.OutputStream;

/** Writes the content of a file. */
@FunctionalInterface
public interface FileFiller {
  /** Writes all of it; the stream is closed by the caller. */
  void fill(OutputStream out) throws IOException;
}
