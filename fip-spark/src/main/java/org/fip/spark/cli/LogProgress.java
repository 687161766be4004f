package org.fip.spark.cli;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.fip.spark.job.ProgressListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a line every tenth of a walk or every thirty seconds, whichever comes first. */
final class LogProgress implements ProgressListener {
  private static final Logger LOG = LoggerFactory.getLogger(LogProgress.class);
  private static final long LONGEST_SILENCE = 30_000_000_000L;
  private static final int PARTS = 10;

  private final Consumer<String> sink;
  private final LongSupplier nanoTime;
  private String name = "";
  private long first;
  private long steps;
  private long startedAt;
  private long loggedAt;
  private long loggedPart;

  LogProgress() {
    this(LOG::info, System::nanoTime);
  }

  LogProgress(Consumer<String> sink, LongSupplier nanoTime) {
    this.sink = sink;
    this.nanoTime = nanoTime;
  }

  @Override
  public void began(String walk, long taken, long total) {
    name = walk;
    first = taken;
    steps = Math.max(1, total);
    startedAt = nanoTime.getAsLong();
    loggedAt = startedAt;
    loggedPart = taken * PARTS / steps;
    sink.accept(
        taken == 0
            ? String.format(Locale.ROOT, "%s: %d steps", name, total)
            : String.format(Locale.ROOT, "%s: resumed at step %d of %d", name, taken, total));
  }

  @Override
  public void stepped(long step, double objective) {
    long now = nanoTime.getAsLong();
    long part = step * PARTS / steps;
    if (part == loggedPart && now - loggedAt < LONGEST_SILENCE) {
      return;
    }
    loggedPart = part;
    loggedAt = now;
    double rate = (step - first) / Math.max(1e-9, (now - startedAt) / 1e9);
    sink.accept(
        String.format(
            Locale.ROOT,
            "%s: step %d of %d (%d %%), %.1f steps/s, %s left, objective %.4g",
            name,
            step,
            steps,
            100 * step / steps,
            rate,
            clock((steps - step) / Math.max(rate, 1e-9)),
            objective));
  }

  @Override
  public void note(String line) {
    sink.accept(line);
  }

  private static String clock(double seconds) {
    long whole = Math.round(Math.min(seconds, 1e9));
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
