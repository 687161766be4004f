package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Widening;

/**
 * J v of every example of a replicated set, [N, C], in the order that the set had before it was
 * divided; each shard brings its own rows and zeros for the others. Vectors: w, v. Cost 2 F once
 * the network is linearised.
 */
record OutputTangentTask(String data) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    int[] places = shard.places(data);
    float[] all = new float[Math.multiplyExact(shard.total(data), shard.classes())];
    int[] next = {0};
    shard.forEachLinearization(
        vectors.id(0),
        vectors.get(0),
        new Batch(data, 0, Widening.NONE),
        0,
        (scope, part) -> {
          NDArray outputs = part.jv(scope, vectors.get(1));
          float[] tangent = outputs.toFloatArray();
          int classes = shard.classes();
          for (int from = 0; from < tangent.length; from += classes) {
            System.arraycopy(tangent, from, all, places[next[0]++] * classes, classes);
          }
        });
    return new Partial(all, new double[0]);
  }
}
