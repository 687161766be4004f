package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.fip.core.FipException;
import org.fip.core.engine.Program;
import org.fip.core.objective.Term;

/**
 * The shard's local steps: its move, first and second moments [3 P], times its share of the first
 * term's examples. Vectors: w, reference, first moments, second moments.
 */
record LocalStepsTask(LocalSteps steps) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    double objective = 0;
    try (NDManager scope = shard.scope()) {
      NativeVectors space = new NativeVectors(scope);
      NDArray weights = space.copy(vectors.get(0));
      NDArray first = space.copy(vectors.get(2));
      NDArray second = space.copy(vectors.get(3));
      for (int i = 0; i < steps.rates().length; i++) {
        try (NDManager passing = shard.scope()) {
          NDArray gradient = new NativeVectors(passing).zeros(weights);
          double[] means = addGradient(shard, vectors, weights, gradient, steps.step() + i);
          objective += means[0] / steps.rates().length;
          update(weights, first, second, gradient, i);
        }
      }
      weights.subi(vectors.get(0));
      Draw draw = shard.draw(steps.terms().get(0).batch(), steps.step());
      double share = (double) draw.rows().length / draw.total();
      return new Partial(
          joined((float) share, weights, first, second), new double[] {share * objective});
    }
  }

  private double[] addGradient(
      Shard shard, Vectors vectors, NDArray weights, NDArray gradient, long step) {
    double[] means = new double[steps.terms().size()];
    for (int i = 0; i < means.length; i++) {
      Term term = steps.terms().get(i);
      Draw draw = shard.draw(term.batch(), step);
      int own = draw.rows().length;
      if (!shard.reachesAll(term.batch())) {
        throw FipException.data(
            "step %d: a batch of %d examples of %s leaves none for one of the shards, which take"
                + " steps of their own; raise the batch, lower path.shards, or set path.localSteps"
                + " to 1",
            step, draw.total(), term.batch().data());
      }
      means[i] = GradientTask.add(shard, term, step, draw, own, weights, vectors, gradient);
    }
    return means;
  }

  private void update(
      NDArray weights, NDArray first, NDArray second, NDArray gradient, int position) {
    double age = steps.before() + position + 1.0;
    double correction1 = 1 - Math.pow(steps.beta1(), age);
    double correction2 = 1 - Math.pow(steps.beta2(), age);
    try (NDArray squares = gradient.mul(gradient)) {
      second.muli(steps.beta2()).addi(squares.muli(1 - steps.beta2()));
    }
    first.muli(steps.beta1()).addi(gradient.muli(1 - steps.beta1()));
    try (NDArray scaled = second.div(correction2);
        NDArray scale = scaled.sqrt();
        NDArray move = first.mul(steps.rates()[position] / correction1)) {
      weights.subi(move.divi(scale.addi(steps.epsilon())));
    }
  }

  private static float[] joined(float share, NDArray... arrays) {
    int length = Math.toIntExact(arrays[0].size());
    float[] joined = new float[Math.multiplyExact(arrays.length, length)];
    for (int i = 0; i < arrays.length; i++) {
      float[] part = Program.floats(arrays[i].muli(share));
      System.arraycopy(part, 0, joined, i * length, length);
    }
    return joined;
  }
}
