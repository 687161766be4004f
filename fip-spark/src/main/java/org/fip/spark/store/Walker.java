package org.fip.spark.store;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Optional;

/**
 * A process that walks a path.
 *
 * @param host name of its machine
 * @param pid of the process there
 * @param started when it was started, as far as its system says; else the epoch
 */
public record Walker(String host, long pid, Instant started) {
  private static final String HOST = nameOfThisMachine();

  /** This process. */
  public static Walker here() {
    ProcessHandle self = ProcessHandle.current();
    return new Walker(HOST, self.pid(), startOf(self));
  }

  /** Whether it ran on this machine and does so no more. */
  boolean isGone() {
    if (!host.equals(HOST)) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    return process.isEmpty() || !startOf(process.get()).equals(started);
  }

  private static Instant startOf(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }

  private static String nameOfThisMachine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
