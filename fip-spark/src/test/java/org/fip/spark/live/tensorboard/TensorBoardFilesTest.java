package org.fip.spark.live.tensorboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.path.Measurement;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.WalkPaused;
import org.fip.spark.live.LiveJob;
import org.fip.spark.live.LivePaths;
import org.fip.spark.live.tensorboard.EventReader.Value;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.WaypointMeasurements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardFilesTest {
  @TempDir private Path store;

  private void walk(ProgressListener... listeners) {
    try (LivePaths live = new LivePaths(listeners)) {
      LiveJob.run(store, live);
    }
  }

  private static TensorBoardFiles files() {
    return new TensorBoardFiles(new Configuration());
  }

  private static ProgressListener pauseAt(long end) {
    return new ProgressListener() {
      @Override
      public void stepped(long step, double objective) {
        if (step == end) {
          throw new WalkPaused();
        }
      }
    };
  }

  /** All values in the order in which TensorBoard reads them. */
  private List<Value> values() throws IOException {
    List<Value> values = new ArrayList<>();
    try (Stream<Path> files = Files.list(store.resolve("tensorboard"))) {
      for (Path file : files.sorted().toList()) {
        List<Value> read = EventReader.read(Files.readAllBytes(file));
        assertEquals("brain.Event:2", read.get(0).text());
        values.addAll(read.subList(1, read.size()));
      }
    }
    return values;
  }

  /** By tag and step what the store says, as floats. */
  private Map<String, Float> stored() {
    Map<String, Float> expected = new TreeMap<>();
    PathStore path = LiveJob.store(store);
    for (long step : path.steps()) {
      WaypointMeasurements there = path.measured(step);
      for (Measurement m : there.measurements()) {
        Map.of(
                "objective", m.objective(),
                "drift", m.drift(),
                "displacement/predicted", m.predicted(),
                "displacement/measured", m.measured(),
                "length/weights", m.lengthWeights(),
                "length/outputs", m.lengthOutputs(),
                "communication/rounds", (double) m.rounds(),
                "communication/bytesBroadcast", (double) m.bytesBroadcast(),
                "communication/bytesReduced", (double) m.bytesReduced(),
                "seconds", m.seconds())
            .forEach((tag, value) -> expected.put(tag + "@" + m.step(), value.floatValue()));
      }
      there
          .evaluation()
          .forEach(
              (set, value) -> {
                expected.put("accuracy/" + set + "@" + step, (float) value.accuracy());
                expected.put("loss/" + set + "@" + step, (float) value.loss());
              });
    }
    expected.values().removeIf(value -> !Float.isFinite(value));
    return expected;
  }

  private void assertHoldsTheStoredMeasurementsOnce() throws IOException {
    Map<String, Float> found = new TreeMap<>();
    double time = 0;
    for (Value value : values()) {
      Float before = found.put(value.tag() + "@" + value.step(), value.value());
      assertEquals(null, before, "twice: " + value);
      assertTrue(value.wallTime() >= time, value + " is older than the one before, " + time);
      time = value.wallTime();
    }
    assertEquals(stored(), found);
  }

  @Test
  void everyMeasurementIsThereOnceAlsoAfterAResume() throws IOException {
    assertThrows(WalkPaused.class, () -> walk(files(), pauseAt(27)));
    walk(files());
    assertHoldsTheStoredMeasurementsOnce();
  }

  @Test
  void whatWasNotWrittenIsMadeFromTheStoredMeasurements() throws IOException {
    walk();
    assertTrue(Files.notExists(store.resolve("tensorboard")));
    walk(files());
    assertHoldsTheStoredMeasurementsOnce();
  }

  /** Prints what TensorBoard itself reads, a scalar a line. */
  private static final String TENSORBOARD =
      """
      import sys
      from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
      events.Reload()
      for tag in events.Tags()["scalars"]:
          for event in events.Scalars(tag):
              print("%s@%d %r" % (tag, event.step, event.value))
      """;

  @Test
  void tensorBoardReadsTheStoredMeasurements() throws Exception {
    String python = System.getenv().getOrDefault("FIP_TENSORBOARD_PYTHON", "python3");
    assumeTrue(
        runs(python, "-c", "import tensorboard.backend.event_processing.event_accumulator"),
        python + " has no tensorboard; FIP_TENSORBOARD_PYTHON may name one that has");
    assertThrows(WalkPaused.class, () -> walk(files(), pauseAt(27)));
    walk(files());
    Path out = Files.createTempFile(store, "read", ".txt");
    Path err = Files.createTempFile(store, "read", ".err");
    Process process =
        new ProcessBuilder(python, "-c", TENSORBOARD, store.resolve("tensorboard").toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertEquals(0, process.waitFor(), () -> read(err));
    Map<String, Float> found = new TreeMap<>();
    for (String line : Files.readAllLines(out)) {
      int space = line.lastIndexOf(' ');
      found.put(line.substring(0, space), Float.valueOf(line.substring(space + 1)));
    }
    assertEquals(stored(), found);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean runs(String... line) throws InterruptedException {
    try {
      return new ProcessBuilder(line)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
