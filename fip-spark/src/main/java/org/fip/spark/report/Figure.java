package org.fip.spark.report;

import java.util.List;

/**
 * A plot with what stands around it.
 *
 * @param id element id
 * @param title heading
 * @param caption how to read it
 * @param summary what it shows, for those who do not see it
 * @param plot what to draw
 * @param headers column names of the table with the same values
 * @param rows of that table, at most as many as can be read
 * @param total how many rows there would be
 */
record Figure(
    String id,
    String title,
    String caption,
    String summary,
    Plot plot,
    List<String> headers,
    List<List<String>> rows,
    int total) {

  /** Heading of the table. */
  String tableTitle() {
    return rows.size() == total
        ? "Values"
        : "Values (%d of %d, evenly spaced)".formatted(rows.size(), total);
  }
}
