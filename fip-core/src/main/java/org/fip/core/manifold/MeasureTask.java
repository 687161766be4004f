package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.Linearization;
import org.fip.core.geometry.Metric;
import org.fip.core.objective.Batch;

/**
 * Where a point stands: drift from the reference, and the squared output displacement from the
 * point measured before, both as it is and as the metric there predicts it; means over the batch.
 * Vectors: w, reference, w measured before.
 */
record MeasureTask(Distance distance, Batch batch) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    Draw draw = shard.draw(batch, 0);
    double[] sums = new double[3];
    shard.forEachMicroBatch(
        batch,
        draw,
        (scope, part) -> {
          NetworkAt network =
              weights -> shard.program().logits(scope, weights, shard.constants(), part.inputs());
          NDArray here = network.logits(vectors.get(0));
          NDArray reference = network.logits(vectors.get(1));
          sums[0] += DisplacementTask.value(shard, distance, here, reference);
          NDManager owner = shard.scope();
          try (Linearization before =
              shard.program().linearize(owner, vectors.get(2), shard.constants(), part.inputs())) {
            NDArray moved = vectors.get(0).sub(vectors.get(2));
            moved.attach(scope);
            sums[1] +=
                DisplacementTask.squared(
                    shard, Metric.EUCLIDEAN, before.logits().stopGradient(), here);
            sums[2] += squaredNorm(before.jv(scope, moved));
          }
        });
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= draw.total();
    }
    return new Partial(new float[0], sums);
  }

  private interface NetworkAt {
    NDArray logits(NDArray weights);
  }

  private static double squaredNorm(NDArray rows) {
    NDArray wide = rows.toType(Precision.FLOAT64.type(), false);
    double sum = 0;
    for (double value : Program.doubles(wide)) {
      sum += value * value;
    }
    return sum;
  }
}
