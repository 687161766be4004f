package org.fip.spark.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.fip.spark.recipe.ExploreSettings;
import org.fip.spark.recipe.Measure;

/**
 * Compares paths by named measures. A path dominates another one when it is at least as good by
 * every measure and better by one; what was not measured is worse than any value.
 */
final class Ranking {
  private final Map<String, Measure> measures;
  private final String by;

  /** Compares by these measures, and orders by one of them or by {@link ExploreSettings#MEAN}. */
  Ranking(Map<String, Measure> measures, String by) {
    this.measures = measures;
    this.by = by;
  }

  /** Whether every measure was taken. */
  boolean isComplete(Map<String, Double> figures) {
    return measures.values().stream().allMatch(m -> Double.isFinite(value(figures, m)));
  }

  static double value(Map<String, Double> figures, Measure measure) {
    return figures.getOrDefault(measure.of(), Double.NaN);
  }

  /** For each path, whether no other one dominates it. Equal paths are all in the set. */
  boolean[] pareto(List<Map<String, Double>> paths) {
    List<double[]> scores = paths.stream().map(this::scores).toList();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < scores.size(); i++) {
      order.add(i);
    }
    // In this order a path is dominated only by ones before it, and by one of the set if by any.
    order.sort((a, b) -> Arrays.compare(scores.get(b), scores.get(a)));
    boolean[] pareto = new boolean[scores.size()];
    List<double[]> front = new ArrayList<>();
    for (int path : order) {
      double[] score = scores.get(path);
      pareto[path] = front.stream().noneMatch(other -> dominates(other, score));
      if (pareto[path] && (front.isEmpty() || !Arrays.equals(front.get(front.size() - 1), score))) {
        front.add(score);
      }
    }
    return pareto;
  }

  /** The measures' values, the higher the better. */
  private double[] scores(Map<String, Double> figures) {
    return measures.values().stream().mapToDouble(measure -> score(figures, measure)).toArray();
  }

  private static double score(Map<String, Double> figures, Measure measure) {
    double value = value(figures, measure);
    if (Double.isNaN(value)) {
      return Double.NEGATIVE_INFINITY;
    }
    // Adding zero makes one of the two zeros.
    return (measure.better() == Measure.Better.HIGHER ? value : -value) + 0.0;
  }

  private static boolean dominates(double[] a, double[] b) {
    boolean better = false;
    for (int i = 0; i < a.length; i++) {
      if (a[i] < b[i]) {
        return false;
      }
      better |= a[i] > b[i];
    }
    return better;
  }

  /** For each path, one more than the number of better ones. */
  int[] ranks(List<Map<String, Double>> paths) {
    double[] scores = new double[paths.size()];
    if (by.equals(ExploreSettings.MEAN)) {
      for (Measure measure : measures.values()) {
        double[] positions = positions(column(paths, measure));
        for (int i = 0; i < scores.length; i++) {
          scores[i] -= positions[i];
        }
      }
    } else {
      scores = column(paths, measures.get(by));
    }
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    int[] ranks = new int[scores.length];
    for (int i = 0; i < scores.length; i++) {
      ranks[i] = 1 + sorted.length - end(sorted, scores[i]);
    }
    return ranks;
  }

  private static double[] column(List<Map<String, Double>> paths, Measure measure) {
    return paths.stream().mapToDouble(figures -> score(figures, measure)).toArray();
  }

  /**
   * Twice the position of each value from the best down, the mean of its first and last if tied.
   */
  private static double[] positions(double[] scores) {
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    double[] positions = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      int from = sorted.length - end(sorted, scores[i]);
      int to = sorted.length - begin(sorted, scores[i]);
      positions[i] = from + to;
    }
    return positions;
  }

  /** How many values are less than this one. */
  private static int begin(double[] sorted, double value) {
    return position(sorted, value, false);
  }

  /** How many values are at most this one. */
  private static int end(double[] sorted, double value) {
    return position(sorted, value, true);
  }

  private static int position(double[] sorted, double value, boolean after) {
    int from = 0;
    int to = sorted.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      int sign = Double.compare(sorted[middle], value);
      if (sign < 0 || (after && sign == 0)) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
