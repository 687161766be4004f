package org.fip.spark.cli;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.WalkStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a line every tenth of a walk or every thirty seconds, whichever comes first. */
final class LogProgress implements ProgressListener {
  private static final Logger LOG = LoggerFactory.getLogger("org.fip.progress");
  private static final long LONGEST_SILENCE = 30_000_000_000L;
  private static final int PARTS = 10;

  private final Consumer<String> sink;
  private final LongSupplier nanoTime;
  private String name = "";
  private long first;
  private long steps;
  private long firstAt;
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
  public void began(WalkStart walk) {
    long taken = walk.taken();
    name = walk.name();
    steps = Math.max(1, walk.steps());
    first = -1;
    loggedAt = nanoTime.getAsLong();
    loggedPart = taken * PARTS / steps;
    sink.accept(
        taken == 0
            ? String.format(Locale.ROOT, "%s: %d steps", name, walk.steps())
            : String.format(
                Locale.ROOT, "%s: resumed at step %d of %d", name, taken, walk.steps()));
  }

  @Override
  public void stepped(long step, double objective) {
    long now = nanoTime.getAsLong();
    if (first < 0) {
      // Before the first step workers are started and programs compiled; that is no step's time.
      first = step;
      firstAt = now;
    }
    long part = step * PARTS / steps;
    if (part == loggedPart && now - loggedAt < LONGEST_SILENCE) {
      return;
    }
    loggedPart = part;
    loggedAt = now;
    sink.accept(
        String.format(
            Locale.ROOT,
            "%s: step %d of %d (%d %%)%s, objective %.4g",
            name,
            step,
            steps,
            100 * step / steps,
            speed(step, now),
            objective));
  }

  private String speed(long step, long now) {
    if (step == first) {
      return "";
    }
    double rate = (step - first) / Math.max(1e-9, (now - firstAt) / 1e9);
    return String.format(
        Locale.ROOT, ", %.1f steps/s, %s left", rate, clock((steps - step) / rate));
  }

  @Override
  public void advanced(double share, String line, boolean milestone) {
    if (milestone) {
      sink.accept(line);
    }
  }

  @Override
  public void note(String line) {
    sink.accept(line);
  }

  static String clock(double seconds) {
    long whole = Math.round(Math.min(seconds, 1e9));
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
