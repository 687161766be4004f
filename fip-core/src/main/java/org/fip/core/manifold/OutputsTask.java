package org.fip.core.manifold;

import org.fip.core.engine.Program;
import org.fip.core.objective.Batch;

/**
 * The logits of every example of a replicated set, [N, C], in the order that the set had before it
 * was divided; each shard brings its own rows and zeros for the others. Vectors: w.
 */
record OutputsTask(String data) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    int[] places = shard.places(data);
    int classes = shard.classes();
    float[] all = new float[Math.multiplyExact(shard.total(data), classes)];
    int[] next = {0};
    Batch batch = Batch.all(data);
    shard.forEachMicroBatch(
        batch,
        shard.draw(batch, 0),
        (scope, part) -> {
          float[] logits =
              Program.floats(
                  shard.program().logits(scope, vectors.get(0), shard.constants(), part.inputs()));
          for (int from = 0; from < logits.length; from += classes) {
            System.arraycopy(logits, from, all, places[next[0]++] * classes, classes);
          }
        });
    return new Partial(all, new double[0]);
  }
}
