package org.fip.spark.cli;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.WalkStart;

/** Draws a progress bar with rate and time left for each walk. */
final class TerminalProgress implements ProgressListener {
  private static final int REDRAW_MILLIS = 250;
  private static final int WIDTH = 24;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream terminal;
  private String walk;
  private long total;
  private ProgressBar bar;
  private boolean drawn;

  TerminalProgress(PrintStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public void began(WalkStart start) {
    ended();
    walk = start.name();
    total = start.steps();
    terminal.print(CLEAR_LINE + walk + ": starting");
    terminal.flush();
  }

  @Override
  public void stepped(long step, double objective) {
    if (walk == null) {
      return;
    }
    if (bar == null) {
      // Not earlier: the time that workers take to start would spoil rate and time left.
      terminal.print(CLEAR_LINE);
      bar = bar(step);
    }
    bar.stepTo(step);
    bar.setExtraMessage(String.format(Locale.ROOT, " objective %.4g", objective));
  }

  private ProgressBar bar(long step) {
    return new ProgressBarBuilder()
        .setTaskName(walk)
        .setInitialMax(total)
        .startsFrom(step, Duration.ZERO)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(REDRAW_MILLIS)
        .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
        .setConsumer(new ConsoleProgressBarConsumer(terminal))
        .build();
  }

  @Override
  public void ended() {
    if (bar != null) {
      bar.close();
    } else if (walk != null) {
      terminal.print(CLEAR_LINE);
    }
    bar = null;
    walk = null;
  }

  @Override
  public void advanced(double share, String line, boolean milestone) {
    int done = (int) Math.round(WIDTH * Math.max(0, Math.min(1, share)));
    terminal.printf(
        Locale.ROOT,
        "%s%3.0f%% [%s%s] %s",
        CLEAR_LINE,
        100 * share,
        "=".repeat(done),
        " ".repeat(WIDTH - done),
        line);
    terminal.flush();
    drawn = true;
  }

  @Override
  public void note(String line) {
    terminal.println(walk == null && !drawn ? line : CLEAR_LINE + line);
    drawn = false;
  }

  @Override
  public void close() {
    ended();
    if (drawn) {
      terminal.println();
      drawn = false;
    }
  }
}
