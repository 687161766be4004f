package org.fip.core.manifold;

import org.fip.core.engine.Program;
import org.fip.core.objective.Batch;

/** Correct predictions, cross-entropy and number of a labelled set's examples. Vectors: w. */
record EvaluateTask(String data) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    shard.requireLabels(data);
    Batch all = Batch.all(data);
    double[] sums = new double[3];
    shard.forEachMicroBatch(
        all,
        shard.draw(all, 0),
        (scope, part) -> {
          float[] logits =
              Program.floats(
                  shard.program().logits(scope, vectors.get(0), shard.constants(), part.inputs()));
          long[] labels = part.labels().toLongArray();
          int classes = logits.length / labels.length;
          for (int i = 0; i < labels.length; i++) {
            add(logits, i * classes, classes, (int) labels[i], sums);
          }
        });
    return new Partial(new float[0], sums);
  }

  private static void add(float[] logits, int from, int classes, int label, double[] sums) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (logits[from + c] > logits[from + best]) {
        best = c;
      }
    }
    double exponentials = 0;
    for (int c = 0; c < classes; c++) {
      exponentials += Math.exp((double) logits[from + c] - logits[from + best]);
    }
    sums[0] += best == label ? 1 : 0;
    sums[1] += Math.log(exponentials) + logits[from + best] - logits[from + label];
    sums[2]++;
  }
}
