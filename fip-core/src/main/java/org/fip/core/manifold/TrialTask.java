package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.fip.core.geometry.Metric;
import org.fip.core.objective.Batch;

/**
 * How far the outputs moved between two points, and how far the metric at the first says they do:
 * means over a batch. Vectors: w before, w after.
 */
record TrialTask(Metric metric, Batch batch, long step) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    double measured = new DisplacementTask(metric, batch, step).run(shard, vectors).sums()[0];
    try (NDManager scope = shard.scope()) {
      NDArray moved = new NativeVectors(scope).copy(vectors.get(1));
      moved.subi(vectors.get(0));
      double predicted = new MetricFormTask(metric, batch, step).sum(shard, vectors, moved);
      return Partial.of(measured, predicted / shard.draw(batch, step).total());
    }
  }
}
