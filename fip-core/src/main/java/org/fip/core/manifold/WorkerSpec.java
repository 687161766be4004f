package org.fip.core.manifold;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.OutputFunction;
import org.fip.core.network.NetworkDefinition;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.ExemptDistance;
import org.fip.core.objective.HeadCrossEntropy;
import org.fip.core.objective.Margin;

/**
 * What the workers of a run have in common.
 *
 * @param network the network
 * @param shards how many shards all workers hold together
 * @param seed the run's seed
 * @param memory bytes that each shard may hold in activations, half of them during a pass and half
 *     from pass to pass; results do not depend on it but for rounding
 */
public record WorkerSpec(NetworkDefinition network, int shards, long seed, long memory)
    implements Serializable {

  /** Divides data sets; for each shard, its part of each set by name. */
  public List<Map<String, ShardData>> divide(Map<String, EncodedExamples> data) {
    List<Map<String, ShardData>> parts = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      parts.add(new LinkedHashMap<>());
    }
    data.forEach(
        (name, all) -> {
          List<ShardData> divided = ShardData.divide(all, shards, seed);
          for (int shard = 0; shard < shards; shard++) {
            parts.get(shard).put(name, divided.get(shard));
          }
        });
    return parts;
  }

  /** The functions of the outputs that tasks may ask for. */
  List<OutputFunction> functions() {
    List<OutputFunction> functions = new ArrayList<>(List.of(Distance.values()));
    functions.add(CrossEntropy.INSTANCE);
    functions.add(Margin.INSTANCE);
    if (network.heads().learning().length > 0) {
      functions.add(HeadCrossEntropy.INSTANCE);
      functions.addAll(ExemptDistance.all());
    }
    return functions;
  }
}
