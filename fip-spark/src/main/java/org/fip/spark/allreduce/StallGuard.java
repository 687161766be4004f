package org.fip.spark.allreduce;

import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Closes the connections of a transfer that is under way and has not moved a byte for too long,
 * which ends the reads and writes that wait for them.
 */
final class StallGuard implements AutoCloseable {
  private static final int LOOKS = 10;

  private final Closeable connections;
  private final Duration patience;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean running;
  private volatile boolean stalled;
  private volatile long moved;

  StallGuard(Closeable connections, Duration patience) {
    this.connections = connections;
    this.patience = patience;
    Thread thread = new Thread(this::watch, "fip-stall-guard");
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    long period = Math.max(1, patience.toMillis() / LOOKS);
    long seen = 0;
    int idle = 0;
    try {
      while (idle <= LOOKS && !closed.await(period, TimeUnit.MILLISECONDS)) {
        long now = moved;
        idle = running && now == seen ? idle + 1 : 0;
        seen = now;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (idle > LOOKS) {
      stalled = true;
      Sockets.closeQuietly(connections);
    }
  }

  void begin() {
    progressed();
    running = true;
  }

  void end() {
    running = false;
  }

  /** Bytes have moved; which of two threads says so last does not matter. */
  @SuppressWarnings("NonAtomicVolatileUpdate")
  void progressed() {
    moved++;
  }

  boolean stalled() {
    return stalled;
  }

  String describe() {
    return "nothing has moved for %d ms".formatted(patience.toMillis());
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
