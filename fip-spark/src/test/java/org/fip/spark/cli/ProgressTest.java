package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.fip.spark.job.WalkStart;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long SECOND = 1_000_000_000;

  private final List<String> lines = new ArrayList<>();
  private final AtomicLong clock = new AtomicLong();
  private final LogProgress log = new LogProgress(lines::add, clock::get);

  private static WalkStart walk(String name, long taken, long steps) {
    return new WalkStart(name, null, taken, steps, steps);
  }

  @Test
  void everyTenthIsLoggedWithRateAndTimeLeft() {
    log.began(walk("adapt: fashion", 0, 1000));
    for (int step = 1; step <= 200; step++) {
      clock.addAndGet(SECOND / 10);
      log.stepped(step, 0.5);
    }
    assertEquals(
        List.of(
            "adapt: fashion: 1000 steps",
            "adapt: fashion: step 100 of 1000 (10 %), 10.0 steps/s, 1:30 left, objective 0.5000",
            "adapt: fashion: step 200 of 1000 (20 %), 10.0 steps/s, 1:20 left, objective 0.5000"),
        lines);
  }

  @Test
  void slowStepsAreLoggedAfterThirtySeconds() {
    log.began(walk("w", 0, 1000));
    for (int step = 1; step <= 5; step++) {
      clock.addAndGet(15 * SECOND);
      log.stepped(step, 1);
    }
    assertEquals(3, lines.size(), lines.toString());
    assertTrue(
        lines.get(2).startsWith("w: step 4 of 1000 (0 %), 0.1 steps/s, 4:09:00 left"),
        lines.get(2));
  }

  @Test
  void rateOfAResumedWalkCountsOwnStepsAndNotTheStart() {
    log.began(walk("w", 500, 1000));
    clock.addAndGet(25 * SECOND);
    log.stepped(501, 1);
    clock.addAndGet(10 * SECOND);
    log.stepped(601, 1);
    assertEquals("w: resumed at step 500 of 1000", lines.get(0));
    assertTrue(lines.get(1).contains("(60 %), 10.0 steps/s, 0:40 left"), lines.get(1));
  }

  @Test
  void terminalShowsABar() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream terminal = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      TerminalProgress bar = new TerminalProgress(terminal);
      bar.began(walk("adapt", 0, 10));
      for (int step = 1; step <= 10; step++) {
        bar.stepped(step, 0.25);
      }
      bar.ended();
      bar.note("done");
    }
    String drawn = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(drawn.contains("adapt"), drawn);
    assertTrue(drawn.contains("10/10"), drawn);
    assertTrue(drawn.contains("objective 0.25"), drawn);
    assertTrue(drawn.endsWith("done" + System.lineSeparator()), drawn);
  }

  @Test
  void manyPathsAreABarOnTerminalsAndMilestonesInLogs() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream terminal = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      TerminalProgress bar = new TerminalProgress(terminal);
      bar.advanced(0.25, "explore: 3 of 12 points done", false);
      bar.advanced(0.5, "explore: 6 of 12 points done", true);
      bar.note("a point failed");
      bar.advanced(1, "explore: all done", false);
      bar.close();
    }
    String clear = "\r\u001b[K";
    String end = System.lineSeparator();
    assertEquals(
        clear
            + " 25% [======                  ] explore: 3 of 12 points done"
            + clear
            + " 50% [============            ] explore: 6 of 12 points done"
            + clear
            + "a point failed"
            + end
            + clear
            + "100% [========================] explore: all done"
            + end,
        bytes.toString(StandardCharsets.UTF_8));
    log.advanced(0.25, "explore: 3 of 12 points done", false);
    log.advanced(0.5, "explore: 6 of 12 points done", true);
    assertEquals(List.of("explore: 6 of 12 points done"), lines);
  }
}
