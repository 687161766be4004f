package org.fip.spark.report;

import java.util.List;

/**
 * A table that only some jobs have, under a heading of its own.
 *
 * @param title the heading
 * @param headers one for each column, the first of which names the rows
 * @param rows from the top
 * @param note how to read it; may be empty
 */
public record ReportTable(
    String title, List<String> headers, List<List<String>> rows, String note) {

  /** Copies the lists. */
  public ReportTable {
    headers = List.copyOf(headers);
    rows = rows.stream().map(List::copyOf).toList();
  }
}
