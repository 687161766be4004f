package org.fip.spark.data;

import java.io.IOException;
import org.fip.core.data.EncodedExamples;

/**
 * One split of a stored data set. Labels are read first and payloads only of the rows that were
 * chosen by them, so that a sample of a large set needs little memory.
 */
interface RecordSource {

  /** How many rows there are. */
  int count() throws IOException;

  /** The label of every row, none negative, or an empty array when the data have none. */
  int[] labels() throws IOException;

  /**
   * Reads rows.
   *
   * @param rows which, ascending
   * @param labels the labels that the examples get, one for each of {@code rows}, or empty
   */
  EncodedExamples read(int[] rows, int[] labels) throws IOException;
}
