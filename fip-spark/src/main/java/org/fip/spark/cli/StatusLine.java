package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;
import org.fip.spark.store.StatusFile;

/**
 * The status of a stored path as commands show it.
 *
 * @param status what was written, null when it cannot be read
 * @param problem why it cannot be read, null when it can
 * @param abandoned whether its process is gone although it says that it runs
 */
record StatusLine(PathStatus status, String problem, boolean abandoned) {

  /** Reads the status of a store; empty when none was written. */
  static Optional<StatusLine> read(Configuration configuration, Path store) {
    try {
      return new StatusFile(configuration, store)
          .read()
          .map(status -> new StatusLine(status, null, status.abandoned(Instant.now())));
    } catch (FipException e) {
      return Optional.of(new StatusLine(null, e.getMessage(), false));
    }
  }

  /** The state, and for a path that is walked how far it is. */
  String shortText() {
    if (status == null) {
      return "unknown";
    }
    if (abandoned) {
      return "abandoned";
    }
    return status.state() == State.RUNNING
        ? String.format(Locale.ROOT, "running, step %d of %d", step(), status.progress().steps())
        : status.state().label();
  }

  private long step() {
    return status.progress().step();
  }

  /** All that matters in a line. */
  String text() {
    if (status == null) {
      return "unknown: " + problem;
    }
    String place = "host " + status.walker().host() + ", pid " + status.walker().pid();
    if (abandoned) {
      return String.format(
          Locale.ROOT,
          "abandoned at step %d of %d: not heard of since %s (%s); run its command again to go on",
          step(),
          status.progress().steps(),
          status.updated(),
          place);
    }
    return switch (status.state()) {
      case RUNNING -> shortText() + speed() + ", " + status.name() + " (" + place + ")";
      case FAILED ->
          String.format(
              Locale.ROOT,
              "failed at step %d of %d: %s",
              step(),
              status.progress().steps(),
              status.reason());
      default -> status.state().label() + ", " + status.updated();
    };
  }

  private String speed() {
    double rate = status.progress().stepsPerSecond();
    return Double.isFinite(rate)
        ? String.format(
            Locale.ROOT,
            ", %.1f steps/s, %s left",
            rate,
            LogProgress.clock(status.progress().secondsLeft()))
        : "";
  }

  /**
   * Puts what was written, with the word {@code abandoned} for a state that no process keeps up.
   */
  void putTo(ObjectNode json) {
    if (status == null) {
      json.putObject("status").put("problem", problem);
      return;
    }
    ObjectNode document = status.toJson();
    if (abandoned) {
      document.put("state", "abandoned");
    }
    json.set("status", document);
  }
}
