package org.fip.spark.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.fip.core.manifold.Evaluation;

/** A small table for terminals: first column left, the others right. */
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  TextTable(String... titles) {
    rows.add(new ArrayList<>(List.of(titles)));
  }

  void addColumn(String title) {
    rows.get(0).add(title);
  }

  void row(String name) {
    rows.add(new ArrayList<>(List.of(name)));
  }

  void cell(String text) {
    rows.get(rows.size() - 1).add(text);
  }

  void percent(Evaluation evaluation) {
    cell(
        evaluation == null ? "-" : String.format(Locale.ROOT, "%.2f", 100 * evaluation.accuracy()));
  }

  @Override
  public String toString() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream()
        .map(row -> line(row, widths).stripTrailing())
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? row.get(i) + padding : "  " + padding + row.get(i));
    }
    return line.toString();
  }
}
