package org.fip.spark.recipe;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known name that a mistyped one most likely stands for. */
final class Nearest {
  private static final int LONGEST = 100;

  private Nearest() {}

  /** The nearest name, when fewer than half of its letters, and at most three, are different. */
  static Optional<String> to(String mistyped, Collection<String> known) {
    if (mistyped.length() > LONGEST) {
      return Optional.empty();
    }
    return known.stream()
        .filter(name -> distance(mistyped, name) <= Math.min(3, (name.length() - 1) / 2))
        .min(Comparator.comparingInt(name -> distance(mistyped, name)));
  }

  /** Edits (insert, delete, replace, swap of neighbours) between two names, case ignored. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        edits[i][j] = i == 0 || j == 0 ? i + j : step(edits, a, b, i, j);
      }
    }
    return edits[a.length()][b.length()];
  }

  private static int step(int[][] edits, String a, String b, int i, int j) {
    int replace = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int best = Math.min(replace, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, edits[i - 2][j - 2] + 1) : best;
  }
}
