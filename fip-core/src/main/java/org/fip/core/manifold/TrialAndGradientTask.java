package org.fip.core.manifold;

import java.util.stream.DoubleStream;

/**
 * A trial and, as if it had gone as predicted, the gradient at its end that the next step begins
 * with. Vectors: w before, w after, the reference's weights. The sums are the trial's two, then the
 * gradient's.
 */
record TrialAndGradientTask(TrialTask trial, GradientTask gradient) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    double[] moved = trial.run(shard, vectors).sums();
    Partial next = gradient.run(shard, vectors.from(1));
    double[] sums =
        DoubleStream.concat(DoubleStream.of(moved), DoubleStream.of(next.sums())).toArray();
    return new Partial(next.vector(), sums);
  }
}
