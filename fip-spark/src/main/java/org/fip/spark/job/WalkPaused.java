package org.fip.spark.job;

/** Thrown by a listener to end a walk on purpose at a waypoint, where it can be taken up again. */
public final class WalkPaused extends RuntimeException {
  /** Without a stack trace, since nothing is wrong. */
  public WalkPaused() {
    super("paused", null, false, false);
  }
}
