package org.fip.spark.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One writer at a time, on the local disk and on HDFS. */
class StoreLockTest {
  /** So short that a holder elsewhere is dead at once unless it renews, which it never does. */
  private static final StoreLock.Timing SHORT =
      new StoreLock.Timing(Duration.ofDays(1), Duration.ofMillis(1));

  @TempDir static java.nio.file.Path temporary;
  private static MiniDFSCluster cluster;
  private static int count;

  @BeforeAll
  static void startCluster() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, temporary.resolve("hdfs").toString());
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stopCluster() {
    cluster.shutdown();
  }

  private static DurableFiles files(String kind) throws IOException {
    return new DurableFiles(
        kind.equals("hdfs") ? cluster.getFileSystem() : FileSystem.getLocal(new Configuration()));
  }

  private static Path store(String kind) {
    String name = "store" + count++;
    return new Path(kind.equals("hdfs") ? "/" + name : temporary.resolve(name).toString());
  }

  private static LockHolder elsewhere() {
    LockHolder here = LockHolder.here();
    return new LockHolder(
        here.id(), "another machine", "far", here.pid(), here.started(), here.since());
  }

  private static LockHolder dead() throws Exception {
    Process process = new ProcessBuilder(java(), "-version").redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    process.waitFor();
    LockHolder here = LockHolder.here();
    return new LockHolder(
        here.id(), here.machine(), here.host(), process.pid(), here.started(), here.since());
  }

  private static String java() {
    return System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
  }

  private static StoreLock acquire(DurableFiles files, Path store) {
    return StoreLock.acquire(files, store, LockHolder.here(), StoreLock.Timing.STANDARD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "hdfs"})
  void aSecondWriterIsToldWhoTheFirstIsAndChangesNothing(String kind) throws IOException {
    DurableFiles files = files(kind);
    Path store = store(kind);
    try (StoreLock lock = acquire(files, store)) {
      FipException refused = assertThrows(FipException.class, () -> acquire(files, store));
      assertEquals(Category.TEMPORARY, refused.category());
      assertTrue(
          refused.getMessage().contains("process " + ProcessHandle.current().pid() + " on "),
          refused.getMessage());
      lock.requireHeld();
      assertEquals(1, files.list(new Path(store, "lock")).size());
    }
    assertEquals(0, files.list(store).size(), "nothing is left of it");
    acquire(files, store).close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "hdfs"})
  void theRightOfAProcessThatHasEndedHereIsTakenOverAtOnce(String kind) throws Exception {
    DurableFiles files = files(kind);
    Path store = store(kind);
    StoreLock.Timing timing = StoreLock.Timing.STANDARD;
    StoreLock first = StoreLock.acquire(files, store, dead(), timing);
    try (StoreLock second = acquire(files, store)) {
      second.requireHeld();
      assertEquals(1, files.list(new Path(store, "lock")).size());
    }
    first.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "hdfs"})
  void aHolderThatWasTakenForDeadStopsBeforeItsNextCommit(String kind) throws IOException {
    DurableFiles files = files(kind);
    Path store = store(kind);
    StoreLock second;
    try (StoreLock first = StoreLock.acquire(files, store, elsewhere(), SHORT)) {
      second = StoreLock.acquire(files, store, LockHolder.here(), SHORT);
      FipException lost = assertThrows(FipException.class, first::requireHeld);
      assertEquals(Category.TEMPORARY, lost.category());
      DurableFiles guarded = files.guardedBy(first::requireHeld);
      try (var out = guarded.create(new Path(store, "part"))) {
        out.write(1);
      }
      assertThrows(
          FipException.class,
          () -> guarded.rename(new Path(store, "part"), new Path(store, "whole")));
      assertFalse(files.exists(new Path(store, "whole")));
    }
    second.requireHeld();
    second.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "hdfs"})
  void aHolderElsewhereThatRenewsIsAlive(String kind) throws IOException {
    DurableFiles files = files(kind);
    Path store = store(kind);
    StoreLock.Timing lively = new StoreLock.Timing(Duration.ofMillis(20), Duration.ofSeconds(60));
    try (StoreLock first = StoreLock.acquire(files, store, elsewhere(), lively)) {
      FipException refused =
          assertThrows(
              FipException.class, () -> StoreLock.acquire(files, store, LockHolder.here(), lively));
      assertTrue(refused.getMessage().contains("on far since"), refused.getMessage());
      first.requireHeld();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "hdfs"})
  void ofManyWhoFindADeadHolderOneTakesOver(String kind) throws Exception {
    DurableFiles files = files(kind);
    Path store = store(kind);
    StoreLock.acquire(files, store, dead(), StoreLock.Timing.STANDARD);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<StoreLock>> contenders = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        contenders.add(() -> acquire(files, store));
      }
      List<StoreLock> holders = new ArrayList<>();
      for (Future<StoreLock> contender : threads.invokeAll(contenders)) {
        try {
          holders.add(contender.get());
        } catch (ExecutionException e) {
          assertEquals(Category.TEMPORARY, ((FipException) e.getCause()).category());
        }
      }
      assertEquals(1, holders.size());
      holders.get(0).requireHeld();
      holders.get(0).close();
    } finally {
      threads.shutdown();
    }
  }
}
