package org.fip.core.manifold;

import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;
import org.fip.core.engine.Program;
import org.fip.core.objective.Batch;

/**
 * By what the scales of each batch normalisation are to be multiplied, and what is to be added to
 * its output, so that each channel is nearest over a batch to what it is in the reference network.
 * Vectors: w, the reference's weights. The mean of what the shards find on their parts of the
 * batch, which for several shards is near to that of the batch, not equal.
 */
record NormalizationTask(Batch batch, long step) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    Draw draw = shard.draw(batch, step);
    List<float[]> parts = new ArrayList<>();
    // In one piece, because the moments are those of all examples together.
    shard.forEachMicroBatch(
        batch,
        draw,
        Math.max(1, draw.rows().length),
        (scope, part) -> {
          NDList found =
              shard
                  .program()
                  .renormalization(
                      scope, vectors.get(0), vectors.get(1), shard.constants(), part.inputs());
          found.forEach(array -> parts.add(Program.floats(array)));
        });
    float[] joined = new float[shard.program().renormalized()];
    float share = (float) draw.rows().length / draw.total();
    int at = 0;
    for (float[] part : parts) {
      for (float value : part) {
        joined[at++] = share * value;
      }
    }
    return new Partial(joined, new double[] {});
  }
}
