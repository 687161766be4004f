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
   * @param data the data sets by name
   */
  Workers open(
      NetworkDefinition network, WorkersSettings settings, Map<String, EncodedExamples> data);
}
