package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.fip.core.engine.Program;
import org.fip.core.manifold.NativeExamples.MiniBatch;
import org.fip.core.objective.Attack;
import org.fip.core.objective.Batch;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.Margin;

/**
 * What several networks and the mean of their probabilities say of labelled images, as they are or
 * perturbed against one of the networks or against their mean. Vectors: the networks. Sums as
 * {@link EnsembleCounts} lays them out.
 *
 * @param data name of the data set
 * @param attack how images are perturbed, or null
 * @param against number of the network that is attacked, or {@link #ALL}
 */
record EnsembleTask(String data, Attack attack, int against) implements ShardTask {
  /** The mean of all networks' probabilities is attacked. */
  static final int ALL = -1;

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    shard.requireLabels(data);
    List<NDArray> networks = IntStream.range(0, vectors.size()).mapToObj(vectors::get).toList();
    EnsembleCounts counts = new EnsembleCounts(networks.size());
    Batch all = Batch.all(data);
    shard.forEachMicroBatch(
        all,
        shard.draw(all, 0),
        (scope, batch) -> {
          List<NDArray> inputs =
              attack == null ? batch.inputs() : List.of(perturbed(shard, scope, batch, networks));
          List<float[]> probabilities = new ArrayList<>();
          for (NDArray network : networks) {
            NDArray logits = shard.program().logits(scope, network, shard.constants(), inputs);
            probabilities.add(Program.floats(logits.softmax(1)));
          }
          counts.add(probabilities, batch.labels().toLongArray(), against);
        });
    return new Partial(new float[0], counts.sums());
  }

  private NDArray perturbed(Shard shard, NDManager scope, MiniBatch batch, List<NDArray> networks) {
    Victim victim =
        new Victim(
            shard.program(),
            shard.constants(),
            against == ALL ? networks : List.of(networks.get(against)),
            batch.inputs().get(0),
            batch.labels());
    ProjectedAscent ascent =
        new ProjectedAscent(shard.pixels(), attack, CrossEntropy.INSTANCE, Margin.INSTANCE);
    ProjectedAscent.Best best = ascent.start(scope, victim);
    ascent.climb(victim, best, shard.randomness(data, "transfer", against, batch.rows()));
    return best.images();
  }
}
