package org.fip.spark.manifold;

import org.apache.spark.broadcast.Broadcast;
import org.fip.core.manifold.Published;

/** A vector that executors fetch when they first ask for it. */
record BroadcastVector(long id, Broadcast<float[]> broadcast) implements Published {
  @Override
  public float[] value() {
    return broadcast.value();
  }
}
