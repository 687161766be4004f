package org.fip.spark.manifold;

import java.io.Serializable;
import org.fip.core.FipException;
import org.fip.core.manifold.Partial;

/**
 * A worker's answer to a round. A failure that trying again does not mend is an answer too: thrown,
 * it would be tried again by Spark, and arrive as text.
 *
 * @param executor the executor that the worker lives on
 * @param partial the worker's share, or null when it failed or nothing was asked
 * @param category kind of the failure, or null
 * @param message line of the failure, or null
 */
record Share(String executor, Partial partial, FipException.Category category, String message)
    implements Serializable {

  static Share of(String executor, Partial partial) {
    return new Share(executor, partial, null, null);
  }

  static Share failed(String executor, FipException failure) {
    return new Share(executor, null, failure.category(), failure.getMessage());
  }

  /** The share, or the failure thrown. */
  Partial require() {
    if (category != null) {
      throw new FipException(category, message);
    }
    return partial;
  }
}
