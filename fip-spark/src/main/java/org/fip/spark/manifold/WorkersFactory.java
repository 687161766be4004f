package org.fip.spark.manifold;

import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Workers;
import org.fip.core.network.NetworkDefinition;

/** Makes the workers of a run. */
@FunctionalInterface
public interface WorkersFactory {

  /**
   * Workers that hold these data sets; the caller closes them.
   *
   * @param seed the run's seed
   * @param shards how many shards the data are divided into, or null for one per core
   * @param data the data sets by name
   * @throws org.fip.core.FipException TEMPORARY when no machine offers itself, CONFIGURATION when
   *     one cannot run the network
   */
  Workers open(
      NetworkDefinition network, long seed, Integer shards, Map<String, EncodedExamples> data);
}
