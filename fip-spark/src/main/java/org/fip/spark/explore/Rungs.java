package org.fip.spark.explore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.fip.spark.recipe.Halving;

/**
 * Successive halving (Jamieson and Talwalkar 2016, arXiv 1502.07943): paths are compared after few
 * steps, and only the best go on to the next rung, which has more steps by the factor by which the
 * paths have become fewer. A path that nothing dominates always goes on.
 */
final class Rungs {
  private Rungs() {}

  /**
   * The steps of the rungs, ascending, the end being the last; waypoints all of them, and all but
   * the end multiples of the first, so that evaluating at multiples of it meets them.
   */
  static List<Long> steps(Halving halving, long end, long checkpointEvery) {
    double share = Math.pow(halving.keep(), halving.rungs() - 1.0);
    long first = Math.max(1, (long) (end * share) / checkpointEvery) * checkpointEvery;
    List<Long> steps = new ArrayList<>();
    long multiple = 0;
    for (int rung = 0; rung < halving.rungs() - 1; rung++) {
      multiple = Math.max(multiple + 1, Math.round(Math.pow(1 / halving.keep(), rung)));
      steps.add(Math.min(end, first * multiple));
    }
    steps.add(end);
    return List.copyOf(steps);
  }

  /** How often to evaluate so that these rungs are evaluated, and what was asked for as well. */
  static long evaluateEvery(List<Long> steps, long asked) {
    if (steps.size() == 1) {
      return asked;
    }
    return asked == 0 ? steps.get(0) : gcd(steps.get(0), asked);
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /**
   * The names of the paths that go on.
   *
   * @param figures of all paths at a rung, by name; a path that lacks one of the measures is not
   *     judged and goes on
   */
  static Set<String> survivors(
      Map<String, Map<String, Double>> figures, Ranking ranking, double keep) {
    Set<String> survivors = new TreeSet<>();
    List<String> names = new ArrayList<>();
    List<Map<String, Double>> judged = new ArrayList<>();
    figures.forEach(
        (name, values) -> {
          if (ranking.isComplete(values)) {
            names.add(name);
            judged.add(values);
          } else {
            survivors.add(name);
          }
        });
    int[] ranks = ranking.ranks(judged);
    boolean[] pareto = ranking.pareto(judged);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < ranks.length; i++) {
      order.add(i);
    }
    order.sort(Comparator.<Integer>comparingInt(i -> ranks[i]).thenComparing(names::get));
    int quota = (int) Math.ceil(keep * names.size());
    for (int position = 0; position < order.size(); position++) {
      int path = order.get(position);
      if (position < quota || pareto[path]) {
        survivors.add(names.get(path));
      }
    }
    return survivors;
  }
}
