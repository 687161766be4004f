package org.fip.spark.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fip.core.manifold.Evaluation;

/** Rows of text with their columns aligned. */
public final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a row. */
  public TextTable row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** Adds a row. */
  public TextTable row(List<String> cells) {
    rows.add(List.copyOf(cells));
    return this;
  }

  /** An accuracy in per cent, or a dash where it was not measured. */
  static String percent(Evaluation evaluation) {
    return evaluation == null
        ? "-"
        : String.format(Locale.ROOT, "%.2f", 100 * evaluation.accuracy());
  }

  /** The lines, without spaces at their ends. */
  @Override
  public String toString() {
    int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return String.join("\n", lines);
  }
}
