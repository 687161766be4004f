package org.fip.spark.allreduce;

import java.time.Duration;

/**
 * How long a group waits.
 *
 * @param opening until all members are connected
 * @param handshake for the next bytes of a stranger that has connected
 * @param stall for the next bytes of a sum that is under way; how long members compute before they
 *     ask for one is not limited
 */
public record Limits(Duration opening, Duration handshake, Duration stall) {
  /** For executors of one cluster. */
  public static final Limits DEFAULT =
      new Limits(Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(60));
}
