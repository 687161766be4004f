package org.fip.spark.manifold;

/** Where the steps of a path are taken, and so what travels. The bits of the path are the same. */
public enum Communication {
  /** Whichever is faster, as far as it can be foreseen. */
  AUTO,
  /** In the driver: each round sends vectors out and brings one back from each executor. */
  DRIVER,
  /** On all executors at once, which sum up among themselves from waypoint to waypoint. */
  EXECUTORS
}
