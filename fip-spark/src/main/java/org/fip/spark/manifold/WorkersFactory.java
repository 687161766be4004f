package org.fip.spark.manifold;

import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Workers;
import org.fip.core.network.NetworkDefinition;

/** Where the workers of a run come from. */
@FunctionalInterface
public interface WorkersFactory {

  /**
   * Distributes data sets over workers that know the network; the caller closes them.
   *
   * @param seed of the order in which shards draw their examples
   * @param shards how many parts the data is divided into, or null for one per executor core
   * @param data the data sets by name
   */
  Workers open(
      NetworkDefinition network, long seed, Integer shards, Map<String, EncodedExamples> data);
}
