package org.fip.core.path;

import org.fip.core.manifold.Traffic;

/** What a walk has cost so far, as scalars of its state; nothing else depends on them. */
final class Costs {
  private static final String SECONDS = "seconds";
  private static final String ROUNDS = "rounds";
  private static final String BROADCAST = "bytes.broadcast";
  private static final String REDUCED = "bytes.reduced";
  private static final String GRADIENTS = "gradients";

  private Costs() {}

  static double seconds(PathState state) {
    return state.scalar(SECONDS, 0);
  }

  static Traffic traffic(PathState state) {
    return new Traffic(
        (long) state.scalar(ROUNDS, 0),
        (long) state.scalar(BROADCAST, 0),
        (long) state.scalar(REDUCED, 0));
  }

  static double gradients(PathState state) {
    return state.scalar(GRADIENTS, 0);
  }

  static void addGradients(PathState state, double count) {
    state.setScalar(GRADIENTS, gradients(state) + count);
  }

  static void setSeconds(PathState state, double seconds) {
    state.setScalar(SECONDS, seconds);
  }

  static void set(PathState state, Traffic traffic, double seconds) {
    setSeconds(state, seconds);
    state.setScalar(ROUNDS, (double) traffic.rounds());
    state.setScalar(BROADCAST, (double) traffic.bytesBroadcast());
    state.setScalar(REDUCED, (double) traffic.bytesReduced());
  }
}
