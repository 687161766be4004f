package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.objective.Term;

/**
 * The gradient of a sum of terms, each weight times a mean over its batch, and each term's mean.
 * Vectors: w, and the reference's weights when a term asks for them.
 */
record GradientTask(List<Term> terms, long step) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    NDArray w = vectors.get(0);
    double[] means = new double[terms.size()];
    try (NDManager scope = shard.scope()) {
      NDArray gradient = scope.zeros(w.getShape(), Precision.FLOAT32.type());
      for (int i = 0; i < terms.size(); i++) {
        Draw draw = shard.draw(terms.get(i).batch(), step);
        means[i] = add(shard, terms.get(i), draw, draw.total(), w, vectors, gradient);
      }
      return new Partial(Program.floats(gradient), means);
    }
  }

  /**
   * Adds the gradient of one term at w over a draw, its sum divided by {@code over}, and returns
   * the term's own sum divided by it. The reference's weights stand at position 1 of the vectors.
   */
  static double add(
      Shard shard, Term term, Draw draw, int over, NDArray w, Vectors vectors, NDArray gradient) {
    if (term.target() == Term.Target.LABELS) {
      shard.requireLabels(term.batch().data());
    }
    if (term.target() == Term.Target.STORED) {
      shard.requireOutputs(term.batch().data());
    }
    double[] sum = {0};
    shard.forEachMicroBatch(
        term.batch(),
        draw,
        (scope, batch) -> {
          NDArray target =
              switch (term.target()) {
                case LABELS -> batch.labels();
                case STORED -> batch.outputs();
                case REFERENCE ->
                    shard
                        .program()
                        .logits(scope, vectors.get(1), shard.constants(), batch.inputs());
              };
          float factor = (float) (term.weight() / over);
          NDArray scale =
              Program.upload(scope, new float[] {factor}, Precision.FLOAT32, new Shape());
          NDArray value =
              shard
                  .program()
                  .addGradient(
                      scope,
                      term.function(),
                      w,
                      shard.constants(),
                      batch.inputs(),
                      target,
                      scale,
                      gradient);
          sum[0] += Program.floats(value)[0];
        });
    return sum[0] / over;
  }
}
