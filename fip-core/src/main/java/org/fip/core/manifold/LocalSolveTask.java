package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.geometry.Metric;
import org.fip.core.objective.Batch;
import org.fip.core.solver.ConjugateGradients;

/**
 * The shard's solution of {@link LocalSystem}, times its share of the examples, and theta_s^T G_s
 * theta_s times the same. Vectors: w, b, D. All vectors stay on the device; the host sees two
 * scalars an iteration. Holds 6 P floats beside them, 7 P with a constraint.
 */
record LocalSolveTask(
    Metric metric, Batch batch, long step, double anchorWeight, int iterations, double tolerance)
    implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    Draw draw = shard.draw(batch, step);
    int examples = draw.rows().length;
    NDArray b = vectors.get(1);
    if (examples == 0) {
      return new Partial(new float[Math.toIntExact(b.size())], new double[1]);
    }
    double share = (double) examples / draw.total();
    try (NDManager scope = shard.scope()) {
      NativeVectors space = new NativeVectors(scope);
      NDArray diagonal = space.copy(vectors.get(2));
      NDArray free = free(scope, diagonal);
      ConjugateGradients.Solution<NDArray> solution =
          ConjugateGradients.solve(
              space,
              p -> {
                NDArray product = space.zeros(p);
                shard.forEachLinearization(
                    vectors.id(0),
                    vectors.get(0),
                    batch,
                    step,
                    (own, part) -> product.addi(part.metricProduct(own, metric, p).get(0)));
                product.muli(anchorWeight / examples);
                try (NDArray damping = p.mul(diagonal)) {
                  product.addi(damping);
                }
                return free == null ? product : product.muli(free);
              },
              diagonal,
              b,
              iterations,
              tolerance);
      NDArray theta = solution.x();
      double predicted = quadratic(b, solution.residual(), diagonal, theta) / anchorWeight;
      theta.muli((float) share);
      return new Partial(Program.floats(theta), new double[] {share * predicted});
    }
  }

  /** (b - residual - D theta) . theta, a small difference, so in double. */
  private static double quadratic(NDArray b, NDArray residual, NDArray diagonal, NDArray theta) {
    DataType wide = DataType.FLOAT64;
    try (NDManager passing = theta.getManager().newSubManager()) {
      NDArray product = theta.toType(wide, true);
      product.attach(passing);
      NDArray difference = b.toType(wide, true);
      difference.attach(passing);
      try (NDArray part = residual.toType(wide, false)) {
        difference.subi(part);
      }
      try (NDArray part = diagonal.toType(wide, false)) {
        difference.subi(part.muli(product));
      }
      NDArray sum = product.muli(difference).sum();
      sum.attach(passing);
      return Math.max(0, Program.doubles(sum)[0]);
    }
  }

  /**
   * 1 where theta may move and 0 where not, or null when it may everywhere; where it may not, the
   * diagonal becomes 1, so that it can be divided by.
   */
  private static NDArray free(NDManager scope, NDArray diagonal) {
    try (NDManager passing = scope.newSubManager()) {
      NDArray fixed = diagonal.eq(0).toType(Precision.FLOAT32.type(), false);
      fixed.attach(passing);
      if (Program.floats(fixed.max())[0] == 0) {
        return null;
      }
      diagonal.addi(fixed);
      NDArray free = fixed.mul(-1).addi(1);
      free.attach(scope);
      return free;
    }
  }
}
