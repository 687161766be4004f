package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.geometry.Distance;
import org.fip.core.objective.Attack;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.Term;

/**
 * The gradient of a sum of terms, each weight times a mean over its batch, and each term's mean.
 * Vectors: w, the reference's weights, and those of other networks that terms attack.
 */
record GradientTask(List<Term> terms, long step) implements ShardTask {

  /** Position in a round's vectors of the first network that is neither w nor the reference. */
  static final int FIRST_OTHER = 2;

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    NDArray w = vectors.get(0);
    double[] means = new double[terms.size()];
    try (NDManager scope = shard.scope()) {
      NDArray gradient = scope.zeros(w.getShape(), Precision.FLOAT32.type());
      for (int i = 0; i < terms.size(); i++) {
        Draw draw = shard.draw(terms.get(i).batch(), step);
        means[i] = add(shard, terms.get(i), step, draw, draw.total(), w, vectors, gradient);
      }
      return new Partial(Program.floats(gradient), means);
    }
  }

  /**
   * Adds the gradient of one term at w over a draw, its sum divided by {@code over}, and returns
   * the term's own sum divided by it. The reference's weights stand at position 1 of the vectors.
   */
  static double add(
      Shard shard,
      Term term,
      long step,
      Draw draw,
      int over,
      NDArray w,
      Vectors vectors,
      NDArray gradient) {
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
          float factor = (float) (term.weight() / over);
          NDArray scale =
              Program.upload(scope, new float[] {factor}, Precision.FLOAT32, new Shape());
          if (term.hidden() > 0) {
            sum[0] += addLayered(shard, scope, term, batch.inputs(), w, vectors, scale, gradient);
            return;
          }
          NDArray target =
              switch (term.target()) {
                case LABELS -> batch.labels();
                case STORED -> batch.outputs();
                case REFERENCE ->
                    shard
                        .program()
                        .logits(scope, vectors.get(1), shard.constants(), batch.inputs());
              };
          Heads.Comparison comparison =
              term.function() == CrossEntropy.INSTANCE && term.attack() == null
                  ? shard.heads().labels(scope, shard.batches(), target, term.adjustment())
                  : shard.heads().exempting(scope, term, target);
          NDArray value =
              shard
                  .program()
                  .addGradient(
                      scope,
                      comparison.function(),
                      w,
                      shard.constants(),
                      inputs(shard, scope, term, step, batch, target, w, vectors),
                      comparison.target(),
                      scale,
                      gradient);
          sum[0] += Program.floats(value)[0];
        });
    return sum[0] / over;
  }

  private static double addLayered(
      Shard shard,
      NDManager scope,
      Term term,
      List<NDArray> inputs,
      NDArray w,
      Vectors vectors,
      NDArray scale,
      NDArray gradient) {
    float[] hidden = {(float) term.hidden()};
    NDArray value =
        shard
            .program()
            .addLayeredGradient(
                scope,
                (Distance) term.function(),
                w,
                vectors.get(1),
                shard.constants(),
                inputs,
                Program.upload(scope, hidden, Precision.FLOAT32, new Shape()),
                scale,
                gradient);
    return Program.floats(value)[0];
  }

  /** The inputs that the function is taken at: the batch's own, or those that an attack finds. */
  private static List<NDArray> inputs(
      Shard shard,
      NDManager scope,
      Term term,
      long step,
      NativeExamples.MiniBatch batch,
      NDArray target,
      NDArray w,
      Vectors vectors) {
    Attack attack = term.attack();
    if (attack == null) {
      return batch.inputs();
    }
    NDArray attacked =
        attack.against() == Attack.ITSELF ? w : vectors.get(FIRST_OTHER + attack.against());
    Victim victim =
        new Victim(
            shard.program(), shard.constants(), List.of(attacked), batch.inputs().get(0), target);
    ProjectedAscent ascent =
        new ProjectedAscent(shard.pixels(), attack, term.function(), term.function());
    ProjectedAscent.Best best = ascent.start(scope, victim);
    ascent.climb(victim, best, shard.randomness(term.batch().data(), "attack", step, batch.rows()));
    return List.of(best.images());
  }
}
