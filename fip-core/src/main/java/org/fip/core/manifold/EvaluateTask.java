package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.fip.core.engine.Program;
import org.fip.core.manifold.NativeExamples.MiniBatch;
import org.fip.core.objective.Batch;

/**
 * Correct predictions, cross-entropy and number of a labelled set's examples, and predictions that
 * are those of another network. Vectors: w, and the other network's weights if there is one.
 */
record EvaluateTask(String data) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    shard.requireLabels(data);
    Batch all = Batch.all(data);
    double[] sums = new double[4];
    shard.forEachMicroBatch(
        all,
        shard.draw(all, 0),
        (scope, part) -> {
          float[] logits = logits(shard, scope, vectors.get(0), part);
          float[] other = vectors.size() > 1 ? logits(shard, scope, vectors.get(1), part) : null;
          long[] labels = part.labels().toLongArray();
          int classes = logits.length / labels.length;
          for (int i = 0; i < labels.length; i++) {
            add(logits, i * classes, classes, (int) labels[i], sums);
            if (other != null) {
              int from = i * classes;
              sums[3] += best(logits, from, classes) == best(other, from, classes) ? 1 : 0;
            }
          }
        });
    return new Partial(new float[0], sums);
  }

  private static void add(float[] logits, int from, int classes, int label, double[] sums) {
    int best = best(logits, from, classes);
    double exponentials = 0;
    for (int c = 0; c < classes; c++) {
      exponentials += Math.exp((double) logits[from + c] - logits[from + best]);
    }
    sums[0] += best == label ? 1 : 0;
    sums[1] += Math.log(exponentials) + logits[from + best] - logits[from + label];
    sums[2]++;
  }

  private static float[] logits(Shard shard, NDManager scope, NDArray w, MiniBatch part) {
    return Program.floats(shard.program().logits(scope, w, shard.constants(), part.inputs()));
  }

  /** The first class with the largest logit. */
  private static int best(float[] logits, int from, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (logits[from + c] > logits[from + best]) {
        best = c;
      }
    }
    return best;
  }
}
