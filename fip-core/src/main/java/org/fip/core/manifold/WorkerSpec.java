package org.fip.core.manifold;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.OutputFunction;
import org.fip.core.network.NetworkDefinition;
import org.fip.core.objective.CrossEntropy;

/**
 * What the workers of a run have in common.
 *
 * @param network the network
 * @param shards how many shards all workers hold together
 * @param seed the run's seed
 * @param microBatch most examples of one forward pass
 */
public record WorkerSpec(NetworkDefinition network, int shards, long seed, int microBatch)
    implements Serializable {

  /** The functions of the outputs that tasks may ask for. */
  List<OutputFunction> functions() {
    List<OutputFunction> functions = new ArrayList<>(List.of(Distance.values()));
    functions.add(CrossEntropy.INSTANCE);
    return functions;
  }
}
