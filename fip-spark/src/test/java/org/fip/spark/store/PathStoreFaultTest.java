package org.fip.spark.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.fip.core.FipException;
import org.fip.core.path.Waypoint;
import org.fip.spark.store.FaultyFileSystem.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The path store on a file system that fails, at every operation of a small path. */
final class PathStoreFaultTest {
  private static final long LAST = 2;

  @TempDir java.nio.file.Path temporary;
  private FileSystem healthy;

  @BeforeEach
  void openFileSystem() throws IOException {
    healthy = new RawLocalFileSystem();
    healthy.initialize(URI.create("file:///"), new Configuration());
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void failureOfAnyOneOperationLosesNoCommittedWaypoint(Fault fault) throws IOException {
    long points = forEveryOperation(fault, n -> operation -> operation == n);
    System.out.printf("%s once: %d failing operations, 0 waypoints lost%n", fault, points);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void deathAtAnyOperationLosesNoCommittedWaypoint(Fault fault) throws IOException {
    long points = forEveryOperation(fault, n -> operation -> operation >= n);
    System.out.printf("%s for good: %d points of death, 0 waypoints lost%n", fault, points);
  }

  @Test
  void readerBetweenAnyTwoOperationsSeesWholeWaypointsOnly() throws IOException {
    Path root = new Path(temporary.resolve("path").toUri());
    FaultyFileSystem observed = new FaultyFileSystem(healthy, Fault.THROW, n -> false);
    AtomicLong looks = new AtomicLong();
    observed.observe(
        () -> {
          if (healthy.exists(new Path(root, "path.json"))) {
            PathStore reader = PathStore.open(healthy, root);
            for (Finding finding : reader.verify()) {
              assertEquals("", finding.problem().orElse(""));
            }
            reader.newest().ifPresent(w -> SamplePath.assertIsWaypoint(w.step(), w));
            looks.incrementAndGet();
          }
        });
    PathStore store = create(observed, root);
    SamplePath.walk(store, LAST);
    store.forTensors(SamplePath.TENSORS).commit(SamplePath.waypoint(LAST));
    store.writeNetwork(SamplePath::fillStart);
    store.writeNetwork(SamplePath::fillStart);
    assertTrue(looks.get() > 50, () -> looks.get() + " looks");
  }

  @Test
  void fullDiskIsAStorageFailureThatNamesThePlace() {
    Path root = new Path(temporary.resolve("path").toUri());
    FaultyFileSystem full = new FaultyFileSystem(healthy, Fault.THROW, n -> true);
    SamplePath.walk(create(healthy, root), 0);
    PathStore store = PathStore.open(full, root).forTensors(SamplePath.TENSORS);
    FipException failure =
        assertThrows(FipException.class, () -> store.commit(SamplePath.waypoint(1)));
    assertEquals(FipException.Category.STORAGE, failure.category());
    assertEquals(1, failure.getMessage().lines().count());
    assertTrue(failure.getMessage().contains("waypoints/000001"), failure.getMessage());
    assertTrue(failure.getMessage().contains("No space left on device"), failure.getMessage());
    SamplePath.assertIsWaypoint(0, store.newest().orElseThrow());
  }

  @Test
  void renameThatReturnsFalseIsAFailure() {
    Path root = new Path(temporary.resolve("path").toUri());
    FaultyFileSystem refusing =
        new FaultyFileSystem(healthy, Fault.RETURN_FALSE, n -> false) {
          @Override
          public boolean rename(Path from, Path to) {
            return false;
          }
        };
    SamplePath.walk(create(healthy, root), 1);
    PathStore store = PathStore.open(refusing, root).forTensors(SamplePath.TENSORS);
    for (long step : new long[] {1, 2}) {
      FipException failure =
          assertThrows(FipException.class, () -> store.commit(SamplePath.waypoint(step)));
      assertEquals(FipException.Category.STORAGE, failure.category());
      assertTrue(failure.getMessage().contains("did not rename"), failure.getMessage());
      SamplePath.assertIsWaypoint(1, store.newest().orElseThrow());
    }
  }

  /**
   * Walks once for each operation number with that one failing, and after each failure takes the
   * store up again on a healthy file system. Returns how many operations were made to fail.
   */
  private long forEveryOperation(Fault fault, Failing failing) throws IOException {
    java.nio.file.Path reference = temporary.resolve("reference");
    walkTwiceOverTheLast(create(healthy, new Path(reference.toUri())));
    Map<String, Long> expected = content(reference);
    long points = 0;
    while (true) {
      long n = points + 1;
      java.nio.file.Path folder = temporary.resolve("at-" + n);
      Path root = new Path(folder.toUri());
      FaultyFileSystem faulty = new FaultyFileSystem(healthy, fault, failing.at(n));
      Progress progress = new Progress();
      try {
        walkTwiceOverTheLast(create(faulty, root), progress);
      } catch (FipException e) {
        assertEquals(FipException.Category.STORAGE, e.category(), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      }
      if (!faulty.failed()) {
        assertEquals(expected, content(folder));
        return points;
      }
      assertResumes(root, progress.acknowledged, "operation " + n);
      assertEquals(expected, content(folder), "operation " + n);
      deleteAll(folder);
      points++;
    }
  }

  private void assertResumes(Path root, long acknowledged, String where) {
    PathStore store = create(healthy, root);
    for (Finding finding : store.verify()) {
      assertEquals("", finding.problem().orElse(""), where);
    }
    long newest = store.newest().map(Waypoint::step).orElse(-1L);
    assertTrue(
        newest >= acknowledged && newest <= acknowledged + 1,
        () -> where + ": newest is " + newest + ", committed was " + acknowledged);
    walkTwiceOverTheLast(store);
  }

  private static void walkTwiceOverTheLast(PathStore store) {
    walkTwiceOverTheLast(store, new Progress());
  }

  /** Commits the last step again, so that replacing a waypoint fails at each point too. */
  private static void walkTwiceOverTheLast(PathStore store, Progress progress) {
    for (long step = 0; step <= LAST; step++) {
      SamplePath.walk(store, step);
      progress.acknowledged = step;
    }
    store.forTensors(SamplePath.TENSORS).commit(SamplePath.waypoint(LAST));
  }

  private static PathStore create(FileSystem fileSystem, Path root) {
    return PathStore.createOrResume(fileSystem, root, SamplePath.description(), key -> false);
  }

  /** Each file below a folder with a hash of its bytes. */
  private static Map<String, Long> content(java.nio.file.Path folder) throws IOException {
    Map<String, Long> content = new TreeMap<>();
    try (Stream<java.nio.file.Path> files = Files.walk(folder)) {
      for (java.nio.file.Path file : files.filter(Files::isRegularFile).toList()) {
        CRC32 crc = new CRC32();
        crc.update(Files.readAllBytes(file));
        content.put(folder.relativize(file).toString(), crc.getValue());
      }
    }
    assertFalse(content.isEmpty());
    return content;
  }

  private void deleteAll(java.nio.file.Path folder) {
    try {
      healthy.delete(new Path(folder.toUri()), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Failing {
    LongPredicate at(long operation);
  }

  private static final class Progress {
    private long acknowledged = -1;
  }
}
