package org.fip.spark.live;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.WalkPaused;
import org.fip.spark.job.WalkStart;
import org.fip.spark.live.tensorboard.TensorBoardFiles;
import org.fip.spark.store.Finding;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;
import org.fip.spark.store.StatusFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivePathsTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path folder;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final List<PathStatus> statuses = new ArrayList<>();

  /** Collects what becomes known, and lets a second pass at every step. */
  private final ProgressListener collector =
      new ProgressListener() {
        @Override
        public void stepped(long step, double objective) {
          now = now.plusSeconds(1);
        }

        @Override
        public void updated(PathStatus status) {
          statuses.add(status);
        }
      };

  /** Ends a walk as a failure or a pause does, at a step. */
  private static ProgressListener endAt(long end, RuntimeException how) {
    return new ProgressListener() {
      @Override
      public void stepped(long step, double objective) {
        if (step == end) {
          throw how;
        }
      }
    };
  }

  private LivePaths live(ProgressListener... more) {
    LivePaths live = new LivePaths(() -> now, more);
    live.add(collector);
    live.add(new StatusWriter(HADOOP));
    live.add(new TensorBoardFiles(HADOOP));
    return live;
  }

  private PathStatus last() {
    return statuses.get(statuses.size() - 1);
  }

  private static PathStatus written(Path store) {
    return new StatusFile(HADOOP, new org.apache.hadoop.fs.Path(store.toString()))
        .read()
        .orElseThrow();
  }

  @Test
  void statusTellsStepRateTimeLeftAndTheEnd() {
    Path store = folder.resolve("path");
    try (LivePaths live = live()) {
      LiveJob.run(store, live);
    }
    PathStatus middle =
        statuses.stream().filter(s -> s.progress().step() == 20).reduce((a, b) -> b).orElseThrow();
    assertEquals(State.RUNNING, middle.state());
    assertEquals("train: first", middle.name());
    assertEquals(1, middle.progress().stepsPerSecond(), 0.06);
    assertEquals(20, middle.progress().secondsLeft(), 1.2);
    assertEquals(20, middle.evaluatedAt());
    assertEquals(LiveJob.STEPS, middle.progress().steps());
    assertEquals(20, middle.measurement().step());
    PathStatus end = last();
    assertEquals(State.FINISHED, end.state());
    assertTrue(end.evaluation().get("digits 0-3").accuracy() > 0.5, end.toString());
    PathStatus written = written(store);
    assertEquals(end, written.at(end.updated()));
  }

  @Test
  void nothingThatListensChangesAPathOrItsStore() throws IOException {
    Path silent = folder.resolve("silent");
    LiveJob.run(silent, ProgressListener.NONE);
    Path watched = folder.resolve("watched");
    try (LivePaths live = live()) {
      IllegalStateException killed = new IllegalStateException("killed");
      ProgressListener outer = new Outer(live, endAt(25, killed));
      assertThrows(IllegalStateException.class, () -> LiveJob.run(watched, outer));
    }
    assertEquals(State.FAILED, written(watched).state());
    assertEquals("killed", written(watched).reason());
    try (LivePaths live = live()) {
      LiveJob.run(watched, live);
    }
    assertEquals(State.FINISHED, written(watched).state());
    String model = "network/model.safetensors";
    assertArrayEquals(
        Files.readAllBytes(silent.resolve(model)), Files.readAllBytes(watched.resolve(model)));
    List<Finding> expected = LiveJob.store(silent).verify();
    assertEquals(
        expected.stream().map(Finding::folder).toList(),
        LiveJob.store(watched).verify().stream().map(Finding::folder).toList());
    assertTrue(LiveJob.store(watched).verify().stream().allMatch(Finding::whole));
  }

  /** What tells live paths, and then ends the walk. */
  private record Outer(LivePaths live, ProgressListener end) implements ProgressListener {
    @Override
    public void began(WalkStart walk) {
      live.began(walk);
    }

    @Override
    public void stepped(long step, double objective) {
      live.stepped(step, objective);
      end.stepped(step, objective);
    }

    @Override
    public void failed(Throwable cause) {
      live.failed(cause);
    }
  }

  @Test
  void aListenerThatFailsIsLeftOutAndThePathGoesOn() {
    List<Long> heard = new ArrayList<>();
    ProgressListener broken =
        new ProgressListener() {
          @Override
          public void stepped(long step, double objective) {
            heard.add(step);
            throw new IllegalStateException("broken");
          }
        };
    try (LivePaths live = live(broken)) {
      LiveJob.run(folder.resolve("path"), live);
    }
    assertEquals(List.of(1L), heard);
    assertEquals(State.FINISHED, last().state());
  }

  @Test
  void aPauseIsNoFailure() {
    Path store = folder.resolve("path");
    try (LivePaths live = live(endAt(30, new WalkPaused()))) {
      assertThrows(WalkPaused.class, () -> LiveJob.run(store, live));
    }
    assertEquals(State.PAUSED, written(store).state());
  }

  @Test
  void aPathThatWasAtItsEndIsShownSoWhateverItsStatusSaid() throws IOException {
    Path store = folder.resolve("path");
    LiveJob.run(store, ProgressListener.NONE);
    try (LivePaths live = live()) {
      LiveJob.run(store, live);
    }
    PathStatus first = written(store);
    assertEquals(State.FINISHED, first.state());
    assertEquals(LiveJob.STEPS, first.evaluatedAt());
    assertFalse(first.evaluation().isEmpty());
    byte[] before = Files.readAllBytes(store.resolve("status.json"));
    try (LivePaths live = live()) {
      LiveJob.run(store, live);
    }
    assertArrayEquals(before, Files.readAllBytes(store.resolve("status.json")), "not again");
  }

  @Test
  void aStatusThatCannotBeWrittenStopsNothing() throws IOException {
    Path store = folder.resolve("path");
    Files.createDirectories(store.resolve("status.json/in-the-way"));
    Files.createDirectories(store);
    Files.writeString(store.resolve("tensorboard"), "no folder");
    try (LivePaths live = live()) {
      LiveJob.run(store, live);
    }
    assertEquals(State.FINISHED, last().state());
    try (var left = Files.list(store)) {
      assertEquals(
          List.of("network", "path.json", "start", "status.json", "tensorboard", "waypoints"),
          left.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void aStatusWhoseProcessIsGoneIsAbandoned() throws Exception {
    Path store = folder.resolve("path");
    try (LivePaths live = live(endAt(5, new WalkPaused()))) {
      assertThrows(WalkPaused.class, () -> LiveJob.run(store, live));
    }
    PathStatus running =
        statuses.stream().filter(s -> s.state() == State.RUNNING).findFirst().orElseThrow();
    assertFalse(running.abandoned(running.updated()), "this process is here");
    assertTrue(
        running.abandoned(running.updated().plus(PathStatus.LONGEST_SILENCE).plusMillis(1)),
        "silent for too long");
    Process other = new ProcessBuilder("true").start();
    var json = running.toJson();
    json.withObject("/walker").put("pid", other.pid());
    other.waitFor();
    assertTrue(PathStatus.of(json, "test").abandoned(running.updated()), "no such process");
    json.withObject("/walker")
        .put("pid", ProcessHandle.current().pid())
        .put("started", "1970-01-01T00:00:00Z");
    assertTrue(PathStatus.of(json, "test").abandoned(running.updated()), "another with its number");
    json.withObject("/walker").put("host", "elsewhere");
    assertFalse(PathStatus.of(json, "test").abandoned(running.updated()), "cannot be known");
    assertFalse(last().abandoned(Instant.now().plus(Duration.ofDays(1))), "it does not run");
  }

  @Test
  void aListenerThatComesLaterHearsOfTheWalk() {
    List<String> heard = new ArrayList<>();
    ProgressListener late =
        new ProgressListener() {
          @Override
          public void began(WalkStart walk) {
            heard.add(walk.name());
          }

          @Override
          public void updated(PathStatus status) {
            heard.add(status.state().label());
          }
        };
    try (LivePaths live = live()) {
      live.add(
          new ProgressListener() {
            @Override
            public void stepped(long step, double objective) {
              if (step == 10) {
                live.add(late);
              }
            }
          });
      LiveJob.run(folder.resolve("path"), live);
    }
    assertEquals(List.of("train: first", "running"), heard.subList(0, 2));
    assertEquals("finished", heard.get(heard.size() - 1));
  }
}
