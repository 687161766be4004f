package org.fip.core.manifold;

import ai.djl.ndarray.NDManager;
import org.fip.core.engine.Program;
import org.fip.core.objective.Batch;

/** Tasks that tell what happens on the shards. */
final class ProbeTasks {
  private ProbeTasks() {}

  /** How often a step's batch takes each row of a set of {@code rows}. No vectors. */
  record CountRows(Batch batch, long step, int rows) implements ShardTask {
    @Override
    public Partial run(Shard shard, Vectors vectors) {
      float[] counts = new float[rows];
      shard.forEachMicroBatch(
          batch,
          shard.draw(batch, step),
          (scope, part) -> {
            float[] pixels = Program.floats(part.inputs().get(0));
            int stride = TinyNetwork.SHAPE.pixels();
            for (int i = 0; i < part.size(); i++) {
              counts[TinyNetwork.row(pixels, i * stride)]++;
            }
          });
      return new Partial(counts, new double[0]);
    }
  }

  /** Native arrays that the shards hold between tasks, and those of published vectors. */
  record CountArrays() implements ShardTask {
    @Override
    public Partial run(Shard shard, Vectors vectors) {
      try (NDManager scope = shard.scope()) {
        int ofShard = count(scope.getParentManager());
        int ofVectors = count(vectors.get(0).getManager());
        return Partial.of(ofShard, ofVectors);
      }
    }

    private static int count(NDManager manager) {
      return manager.getManagedArrays().size();
    }
  }

  /** A defect: what a failing engine looks like. */
  record Defect() implements ShardTask {
    @Override
    public Partial run(Shard shard, Vectors vectors) {
      throw new IllegalStateException("a defect");
    }
  }
}
