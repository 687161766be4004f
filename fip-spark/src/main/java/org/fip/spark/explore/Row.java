package org.fip.spark.explore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A point as results show it.
 *
 * @param state what is known of it
 * @param store its path store
 * @param rank among the finished ones, 1 for the best; null unless it is finished
 * @param pareto whether it is finished and no other finished one dominates it
 */
record Row(PointState state, String store, Integer rank, boolean pareto) {

  /**
   * The finished points, the best first, then the others.
   *
   * @param shown the names of those that are shown although they are not finished
   */
  static List<Row> all(
      Collection<PointState> states,
      ExplorationStore store,
      Ranking ranking,
      Predicate<String> shown) {
    List<PointState> finished = states.stream().filter(PointState::finished).toList();
    List<Map<String, Double>> figures = finished.stream().map(PointState::last).toList();
    boolean[] pareto = ranking.pareto(figures);
    int[] ranks = ranking.ranks(figures);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < finished.size(); i++) {
      PointState state = finished.get(i);
      rows.add(new Row(state, store.store(state.name()).toString(), ranks[i], pareto[i]));
    }
    rows.sort(Comparator.comparing(Row::rank).thenComparing(row -> row.state().name()));
    states.stream()
        .filter(state -> !state.finished() && shown.test(state.name()))
        .forEach(
            state -> rows.add(new Row(state, store.store(state.name()).toString(), null, false)));
    return rows;
  }
}
