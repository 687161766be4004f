package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.geometry.Metric;
import org.fip.core.objective.Batch;

/**
 * G v, the mean over a batch of J^T M J v. Vectors: w, v. The shards keep the linearisation at w
 * until w is withdrawn, if their memory allows it; one that is lost with its machine is made anew.
 */
record MetricProductTask(Metric metric, Batch batch, long step) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    NDArray v = vectors.get(1);
    int total = shard.draw(batch, step).total();
    try (NDManager scope = shard.scope()) {
      NDArray sum = scope.zeros(v.getShape(), Precision.FLOAT32.type());
      shard.forEachLinearization(
          vectors.id(0),
          vectors.get(0),
          batch,
          step,
          (own, part) -> sum.addi(part.metricProduct(own, metric, v).get(0)));
      float[] product = Program.floats(sum);
      for (int i = 0; i < product.length; i++) {
        product[i] /= total;
      }
      return new Partial(product, new double[] {});
    }
  }
}
