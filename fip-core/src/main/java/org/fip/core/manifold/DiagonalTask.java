package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.geometry.Linearization;
import org.fip.core.geometry.Metric;
import org.fip.core.objective.Batch;

/**
 * The diagonal of G over a batch: with M_i = L_i L_i^T, the mean of the squares of J_i^T L_i e_c
 * summed over the outputs c. Vectors: w.
 *
 * <p>Instead of all C columns of L_i, one combination of them with random signs does on average
 * (Hutchinson's estimator in the space of an example's outputs): the sum of products of different
 * columns has the mean zero. Its errors are those of the columns of one example alone, where signs
 * of the weights would add the errors of the whole row of G. Cost 3 F, or (1 + 2 C) F exactly, an
 * example at a time.
 *
 * @param exact whether all columns are taken
 */
record DiagonalTask(Metric metric, Batch batch, long step, boolean exact) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    NDArray w = vectors.get(0);
    Draw draw = shard.draw(batch, step);
    int[] position = {0};
    try (NDManager scope = shard.scope()) {
      NDArray sum = scope.zeros(w.getShape(), Precision.FLOAT32.type());
      shard.forEachMicroBatch(
          batch,
          draw,
          1,
          (own, example) -> {
            SplittableRandom random = shard.random(batch, step, draw.rows()[position[0]++]);
            try (Linearization linear =
                shard.program().linearize(shard.scope(), w, shard.constants(), example.inputs())) {
              double[] logits = Program.doubles(linear.logits().stopGradient());
              double[][] columns = MetricRoot.columns(metric, logits);
              for (double[] u : exact ? columns : new double[][] {mixed(columns, random)}) {
                Shape shape = new Shape(1, u.length);
                try (NDArray cotangent = Program.upload(own, u, Precision.FLOAT32, shape);
                    NDArray row = linear.jtu(own, cotangent)) {
                  sum.addi(row.muli(row));
                }
              }
            }
          });
      float[] diagonal = Program.floats(sum);
      for (int i = 0; i < diagonal.length; i++) {
        diagonal[i] /= draw.total();
      }
      return new Partial(diagonal, new double[] {});
    }
  }

  private static double[] mixed(double[][] columns, SplittableRandom random) {
    double[] sum = new double[columns.length];
    for (double[] column : columns) {
      double sign = random.nextBoolean() ? 1 : -1;
      for (int c = 0; c < sum.length; c++) {
        sum[c] += sign * column[c];
      }
    }
    return sum;
  }
}
