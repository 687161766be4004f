package org.fip.spark.importing;

import java.io.Closeable;

/** One split of a source: its labels are known, its rows are read one by one. */
interface ImportedRows {

  /** Reads rows in their order, once. */
  interface Cursor extends Closeable {
    /** The next row; called as often as there are labels. */
    ImportedRow next();
  }

  /** Whether the rows are texts, and not images. */
  boolean isText();

  /** The label of every row. */
  int[] labels();

  /** Opens the source at its first row; the caller closes it. */
  Cursor open();
}
