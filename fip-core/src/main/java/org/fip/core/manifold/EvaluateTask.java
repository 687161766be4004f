package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.fip.core.engine.Program;
import org.fip.core.manifold.NativeExamples.MiniBatch;
import org.fip.core.objective.Batch;

/**
 * Correct predictions, cross-entropy and number of a labelled set's examples, and predictions that
 * are those of another network; of outputs in heads, all within the head of an example's label.
 * Vectors: w, and the other network's weights if there is one.
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
            Row row = new Row(shard.heads(), i * classes, classes, (int) labels[i]);
            row.add(logits, sums);
            if (other != null) {
              sums[3] += row.best(logits) == row.best(other) ? 1 : 0;
            }
          }
        });
    return new Partial(new float[0], sums);
  }

  /** The outputs of one example that compete for its label. */
  private record Row(Heads heads, int from, int classes, int label) {
    void add(float[] logits, double[] sums) {
      int best = best(logits);
      double exponentials = 0;
      for (int c = 0; c < classes; c++) {
        if (heads.answerTogether(c, label)) {
          exponentials += Math.exp((double) logits[from + c] - logits[from + best]);
        }
      }
      sums[0] += best == label ? 1 : 0;
      sums[1] += Math.log(exponentials) + logits[from + best] - logits[from + label];
      sums[2]++;
    }

    /** The first class with the largest logit. */
    int best(float[] logits) {
      int best = -1;
      for (int c = 0; c < classes; c++) {
        if (heads.answerTogether(c, label)
            && (best < 0 || logits[from + c] > logits[from + best])) {
          best = c;
        }
      }
      return best;
    }
  }

  private static float[] logits(Shard shard, NDManager scope, NDArray w, MiniBatch part) {
    return Program.floats(shard.program().logits(scope, w, shard.constants(), part.inputs()));
  }
}
