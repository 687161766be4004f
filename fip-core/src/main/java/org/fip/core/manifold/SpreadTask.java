package org.fip.core.manifold;

import org.fip.core.engine.Program;
import org.fip.core.objective.Batch;

/**
 * Half the squared distance of each example's logits from their mean over the outputs, mean over a
 * batch: how far outputs are from saying nothing. Vectors: the network's weights.
 */
record SpreadTask(Batch batch, long step) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    Draw draw = shard.draw(batch, step);
    int classes = shard.classes();
    double[] sum = {0};
    shard.forEachMicroBatch(
        batch,
        draw,
        (scope, part) -> {
          float[] logits =
              Program.floats(
                  shard.program().logits(scope, vectors.get(0), shard.constants(), part.inputs()));
          for (int from = 0; from < logits.length; from += classes) {
            sum[0] += halfSquares(logits, from, classes);
          }
        });
    return Partial.of(sum[0] / draw.total());
  }

  private static double halfSquares(float[] logits, int from, int classes) {
    double mean = 0;
    for (int c = 0; c < classes; c++) {
      mean += logits[from + c] / (double) classes;
    }
    double squares = 0;
    for (int c = 0; c < classes; c++) {
      squares += (logits[from + c] - mean) * (logits[from + c] - mean);
    }
    return squares / 2;
  }
}
