package org.fip.core.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * A flat folder of files, on the local disk or on a remote file system, in which a network or a
 * waypoint is kept. Names are plain file names: a separator or {@code ..} in one is refused.
 */
public interface Folder {

  /** Where the folder is, for messages and provenance. */
  String location();

  /** The names of the files in it, sorted; empty when the folder does not exist. */
  List<String> names() throws IOException;

  /** Whether a file of this name exists. */
  boolean exists(String name) throws IOException;

  /** Opens a file for reading at any position; the caller closes it. */
  RandomAccessReader openRandom(String name) throws IOException;

  /** Opens a file for reading from its start; the caller closes it. */
  InputStream open(String name) throws IOException;

  /**
   * Creates or replaces a file, and the folder when it is missing. Closing the stream makes the
   * bytes durable as far as the file system can; the caller closes it.
   */
  OutputStream create(String name) throws IOException;
}
