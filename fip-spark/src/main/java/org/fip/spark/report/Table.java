package org.fip.spark.report;

import java.util.List;

/**
 * A table whose first column names its rows.
 *
 * @param caption what is in it
 * @param headers one for each column
 * @param rows from the top
 * @param words whether its cells are words, which are broken, and not numbers
 */
record Table(String caption, List<String> headers, List<Row> rows, boolean words) {

  /**
   * A row.
   *
   * @param marked whether it is what the report is about
   * @param cells one for each column
   */
  record Row(boolean marked, List<Cell> cells) {}

  /** A table of plain cells. */
  static Table of(String caption, List<String> headers, List<List<String>> rows) {
    return new Table(caption, headers, rows.stream().map(Table::row).toList(), false);
  }

  /** The same with words in its cells. */
  static Table ofWords(String caption, List<String> headers, List<List<String>> rows) {
    return new Table(caption, headers, rows.stream().map(Table::row).toList(), true);
  }

  private static Row row(List<String> cells) {
    return new Row(false, cells.stream().map(Cell::of).toList());
  }
}
