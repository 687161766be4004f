package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.Metric;
import org.fip.core.objective.Batch;

/**
 * How far the outputs moved between two points: the mean over a batch of what d^T G d predicts.
 * Vectors: w before, w after.
 */
record DisplacementTask(Metric metric, Batch batch, long step) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    Draw draw = shard.draw(batch, step);
    double[] sum = {0};
    shard.forEachMicroBatch(
        batch,
        draw,
        (scope, part) -> {
          NDArray before =
              shard.program().logits(scope, vectors.get(0), shard.constants(), part.inputs());
          NDArray after =
              shard.program().logits(scope, vectors.get(1), shard.constants(), part.inputs());
          sum[0] += squared(shard, metric, before, after);
        });
    return Partial.of(sum[0] / draw.total());
  }

  /** The squared displacement in the metric, sum over the batch, computed in double. */
  static double squared(Shard shard, Metric metric, NDArray before, NDArray after) {
    // Half the squared distance, and an eighth of v^T G v with the Fisher metric.
    Distance distance =
        metric == Metric.EUCLIDEAN ? Distance.SQUARED_LOGITS : Distance.BHATTACHARYYA;
    double factor = metric == Metric.EUCLIDEAN ? 2 : 8;
    return factor * value(shard, distance, after, before);
  }

  /** A distance of logits, sum over the batch: a small difference, so in double. */
  static double value(Shard shard, Distance distance, NDArray y, NDArray target) {
    NDArray wide = y.toType(Precision.FLOAT64.type(), false);
    NDArray wideTarget = target.toType(Precision.FLOAT64.type(), false);
    return Program.doubles(shard.program().value(y.getManager(), distance, wide, wideTarget))[0];
  }
}
