package org.fip.spark.report;

/**
 * A cell of a table.
 *
 * @param text what it says
 * @param aside said smaller beside it; empty for nothing
 * @param link where the text leads; empty for nowhere
 * @param bar share that a bar shows as well; NaN for none
 */
record Cell(String text, String aside, String link, double bar) {

  static Cell of(String text) {
    return new Cell(text, "", "", Double.NaN);
  }

  static Cell linked(String text, String link) {
    return new Cell(text, "", link, Double.NaN);
  }

  static Cell withBar(String text, double share) {
    return new Cell(text, "", "", Math.min(1, Math.max(0, share)));
  }

  Cell beside(String words) {
    return new Cell(text, words, link, bar);
  }
}
