package org.fip.spark.manifold;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which executor each worker lives on. Workers stay where they are; one whose executor is lost goes
 * to the executor with the fewest, and an executor that comes later relieves one that has several.
 */
final class Placement {
  private final List<Executor> byWorker;

  /** The first workers on these executors, one on each. */
  Placement(List<Executor> executors) {
    byWorker = new ArrayList<>(executors);
  }

  /** The executor of each worker, by worker. */
  List<Executor> executors() {
    return List.copyOf(byWorker);
  }

  /** Follows what has become of the executors; whether a worker has moved. */
  boolean update(List<Executor> alive) {
    if (alive.isEmpty()) {
      return false;
    }
    Map<Executor, Integer> load = new HashMap<>();
    alive.forEach(executor -> load.put(executor, 0));
    byWorker.forEach(executor -> load.computeIfPresent(executor, (key, workers) -> workers + 1));
    boolean moved = false;
    for (int worker = 0; worker < byWorker.size(); worker++) {
      Executor now = byWorker.get(worker);
      Executor emptiest = alive.stream().min(Comparator.comparing(load::get)).orElseThrow();
      boolean lost = !load.containsKey(now);
      if (lost || (load.get(now) > 1 && load.get(emptiest) == 0)) {
        byWorker.set(worker, emptiest);
        load.merge(emptiest, 1, Integer::sum);
        load.computeIfPresent(now, (key, workers) -> workers - 1);
        moved = true;
      }
    }
    return moved;
  }
}
