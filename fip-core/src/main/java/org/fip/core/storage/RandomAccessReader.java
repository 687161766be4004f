package org.fip.core.storage;

import java.io.Closeable;
import java.io.IOException;

/** Positioned reads from one file. Implementations need not be safe for use by several threads. */
public interface RandomAccessReader extends Closeable {

  /** Length of the file in bytes. */
  long size() throws IOException;

  /**
   * Fills {@code length} bytes of {@code target} from {@code offset} on with the bytes at {@code
   * position}.
   *
   * @throws java.io.EOFException when the file ends before
   */
  void readFully(long position, byte[] target, int offset, int length) throws IOException;
}
