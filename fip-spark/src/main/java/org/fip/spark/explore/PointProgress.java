package org.fip.spark.explore;

import java.util.Locale;
import java.util.function.LongSupplier;
import org.fip.spark.job.ProgressListener;

/**
 * Says how many points are done, with rate and time left; every tenth of them, and every half
 * minute, is a milestone.
 */
final class PointProgress {
  private static final long LONGEST_SILENCE = 30_000_000_000L;
  private static final int PARTS = 10;

  private final ProgressListener listener;
  private final LongSupplier nanoTime;
  private final int points;
  private final long begun;
  private long saidAt;
  private int saidPart;
  private long walked;

  PointProgress(ProgressListener listener, LongSupplier nanoTime, int points, int ready) {
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.points = points;
    begun = nanoTime.getAsLong();
    saidAt = begun;
    saidPart = part(ready);
    listener.note(
        ready == 0
            ? String.format(Locale.ROOT, "explore: %d points", points)
            : String.format(Locale.ROOT, "explore: %d points, %d of them done", points, ready));
  }

  private int part(int done) {
    return points == 0 ? PARTS : (int) ((long) done * PARTS / points);
  }

  /** Some steps were walked, here or there. */
  void walked(long steps) {
    walked += steps;
  }

  /**
   * Says where it is.
   *
   * @param left steps that all paths together have before them
   */
  void update(int done, int failed, int running, long left) {
    long now = nanoTime.getAsLong();
    int part = part(done + failed);
    boolean milestone = part != saidPart || now - saidAt >= LONGEST_SILENCE;
    if (milestone) {
      saidPart = part;
      saidAt = now;
    }
    double rate = walked / Math.max(1e-9, (now - begun) / 1e9);
    String time =
        walked == 0
            ? ""
            : String.format(Locale.ROOT, ", %.1f steps/s, %s left", rate, clock(left / rate));
    listener.advanced(
        (done + failed) / (double) Math.max(1, points),
        String.format(
            Locale.ROOT,
            "explore: %d of %d points done, %d running, %d failed%s",
            done,
            points,
            running,
            failed,
            time),
        milestone);
  }

  private static String clock(double seconds) {
    long whole = Math.round(Math.min(seconds, 1e9));
    return String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
