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
 * @param values the same values, at most as many rows as can be read
 * @param total how many rows there would be
 */
record Figure(
    String id, String title, String caption, String summary, Plot plot, Table values, int total) {

  /** A figure whose table has plain cells. */
  static Figure of(
      String id,
      String title,
      String caption,
      String summary,
      Plot plot,
      List<String> headers,
      List<List<String>> rows,
      int total) {
    return new Figure(
        id, title, caption, summary, plot, Table.of(title + ", values", headers, rows), total);
  }

  /** What opens the table. */
  String tableTitle() {
    int rows = values.rows().size();
    return rows == total ? "Values" : "Values (%d of %d, evenly spaced)".formatted(rows, total);
  }
}
