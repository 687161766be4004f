package org.fip.core.objective;

import java.io.Serializable;

/**
 * Which examples a sum runs over.
 *
 * @param data name of the data set
 * @param size examples over all shards, drawn anew at every step, without replacement within an
 *     epoch; 0 for the whole set
 * @param widening how inputs are spread
 */
public record Batch(String data, int size, Widening widening) implements Serializable {

  /** So many examples of a set, drawn anew at every step, as they are. */
  public static Batch of(String data, int size) {
    return new Batch(data, size, Widening.NONE);
  }

  /** All examples of a set, as they are. */
  public static Batch all(String data) {
    return new Batch(data, 0, Widening.NONE);
  }
}
