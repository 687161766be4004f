package org.fip.spark.importing;

import java.io.Closeable;
import java.io.IOException;

/** Reads the records of a table in their order. */
interface TableReader extends Closeable {
  /** The next record; null at the end. */
  TableRecord next() throws IOException;
}
