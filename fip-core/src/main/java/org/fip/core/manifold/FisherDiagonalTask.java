package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.objective.Batch;
import org.fip.core.objective.LogitAdjustment;

/**
 * The mean over a labelled set of the squared gradients of each example's cross-entropy: the
 * diagonal of the empirical Fisher information. Examples are taken one at a time, because the
 * square of a sum is not the sum of the squares. Vectors: w.
 */
record FisherDiagonalTask(String data) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    shard.requireLabels(data);
    Batch all = Batch.all(data);
    Draw draw = shard.draw(all, 0);
    NDArray w = vectors.get(0);
    try (NDManager owner = shard.scope()) {
      NDArray sum = owner.zeros(w.getShape(), Precision.FLOAT32.type());
      for (int i = 0; i < draw.rows().length; i++) {
        shard.forEachMicroBatch(
            all, draw.slice(i, i + 1), (scope, one) -> addSquares(shard, scope, one, w, sum));
      }
      return new Partial(Program.floats(sum.divi(Math.max(1, draw.total()))), new double[0]);
    }
  }

  private static void addSquares(
      Shard shard, NDManager scope, NativeExamples.MiniBatch one, NDArray w, NDArray sum) {
    NDArray gradient = scope.zeros(w.getShape(), Precision.FLOAT32.type());
    NDArray scale = Program.upload(scope, new float[] {1}, Precision.FLOAT32, new Shape());
    Heads.Comparison comparison =
        shard.heads().labels(scope, shard.batches(), one.labels(), LogitAdjustment.NONE);
    shard
        .program()
        .addGradient(
            scope,
            comparison.function(),
            w,
            shard.constants(),
            one.inputs(),
            comparison.target(),
            scale,
            gradient);
    sum.addi(gradient.muli(gradient));
  }
}
