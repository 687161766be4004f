package org.fip.spark.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
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
  private static final long LAST = 1;

  @TempDir java.nio.file.Path temporary;
  private FileSystem healthy;

  @BeforeEach
  void openFileSystem() {
    healthy = FaultyFiles.healthy();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void failureOfAnyOneOperationLosesNoCommittedWaypoint(Fault fault) throws IOException {
    long points = forEveryOperation(fault, n -> operation -> operation == n);
    System.out.printf("%s once: %d failing operations, 0 waypoints lost%n", fault, points);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"THROW", "LOSE_THE_ANSWER"})
  void deathAtAnyOperationLosesNoCommittedWaypoint(Fault fault) throws IOException {
    long points = forEveryOperation(fault, n -> operation -> operation >= n);
    System.out.printf("%s for good: %d points of death, 0 waypoints lost%n", fault, points);
  }

  @Test
  void readerBetweenAnyTwoOperationsSeesWholeWaypointsOnly() throws IOException {
    Path root = FaultyFiles.path(temporary.resolve("path"));
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
    Path root = FaultyFiles.path(temporary.resolve("path"));
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
    Path root = FaultyFiles.path(temporary.resolve("path"));
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

  @Test
  void renameThatSaysItWasDoneAndWasNotIsAFailure() throws IOException {
    long points = 0;
    for (long n = 1; ; n++, points++) {
      Renames lying = new Renames(healthy, n, Renames.Lie.SAYS_DONE);
      if (!walkOver(lying, n)) {
        break;
      }
    }
    assertTrue(points >= 4, points + " renames");
    System.out.printf("renames that did not happen: %d, 0 waypoints lost%n", points);
  }

  @Test
  void renameThatHappenedIsDoneWhateverWasAnswered() throws IOException {
    long points = 0;
    for (long n = 1; ; n++, points++) {
      java.nio.file.Path folder = temporary.resolve("done-" + n);
      Renames lying = new Renames(healthy, n, Renames.Lie.SAYS_REFUSED);
      Progress progress = new Progress();
      walkTwiceOverTheLast(create(lying, FaultyFiles.path(folder)), progress);
      assertEquals(LAST, progress.acknowledged);
      assertResumes(FaultyFiles.path(folder), LAST, "rename " + n);
      if (!lying.lied()) {
        break;
      }
    }
    assertTrue(points >= 4, points + " renames");
    System.out.printf("renames whose answer was lost: %d, 0 waypoints lost%n", points);
  }

  /** Walks with a rename that lies and then without; false when no rename was to lie. */
  private boolean walkOver(Renames lying, long n) throws IOException {
    Path root = FaultyFiles.path(temporary.resolve("rename-" + n));
    Progress progress = new Progress();
    try {
      walkTwiceOverTheLast(create(lying, root), progress);
      assertFalse(lying.lied(), "rename " + n + " was taken as done");
    } catch (FipException e) {
      assertEquals(FipException.Category.STORAGE, e.category());
      assertTrue(e.getMessage().contains("although it says so"), e.getMessage());
    }
    assertResumes(root, progress.acknowledged, "rename " + n);
    return lying.lied();
  }

  /** A file system whose n-th rename and what it answers are two things. */
  private static final class Renames extends FaultyFileSystem {
    private final long lying;
    private final Lie lie;
    private long renames;

    enum Lie {
      SAYS_DONE,
      SAYS_REFUSED
    }

    Renames(FileSystem files, long lying, Lie lie) {
      super(files, Fault.THROW, operation -> false);
      this.lying = lying;
      this.lie = lie;
    }

    boolean lied() {
      return renames >= lying;
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      renames++;
      if (renames != lying) {
        return super.rename(from, to);
      }
      // A client of HDFS that asks again after a lost answer hears that there is nothing to rename.
      return lie == Lie.SAYS_DONE || !super.rename(from, to);
    }
  }

  /**
   * Walks once for each operation number with that one failing, and after each failure takes the
   * store up again on a healthy file system. Returns how many operations were made to fail.
   */
  private long forEveryOperation(Fault fault, Failing failing) throws IOException {
    java.nio.file.Path reference = temporary.resolve("reference");
    walkTwiceOverTheLast(create(healthy, FaultyFiles.path(reference)));
    Map<String, Long> expected = content(reference);
    long points = 0;
    while (true) {
      long n = points + 1;
      java.nio.file.Path folder = temporary.resolve("at-" + n);
      Path root = FaultyFiles.path(folder);
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
      healthy.delete(FaultyFiles.path(folder), true);
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
