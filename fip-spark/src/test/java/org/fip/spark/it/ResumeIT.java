package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.fip.spark.store.Finding;
import org.fip.spark.store.HadoopFolder;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StoreLock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver that is killed in the middle of a path on HDFS. */
class ResumeIT {
  private static final int STEPS = 240;
  private static final int CHECKPOINT_EVERY = 20;
  private static final int KILLED_AFTER = 80;

  @TempDir static java.nio.file.Path temporary;
  private static MiniDFSCluster cluster;
  private static FileSystem files;
  private static java.nio.file.Path recipe;
  private static byte[] uninterrupted;

  /** A store whose driver is dead. */
  private static Path killed;

  @BeforeAll
  static void killADriver() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, temporary.resolve("hdfs").toString());
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(2).build();
    cluster.waitActive();
    files = cluster.getFileSystem();
    Digits.network().save(HadoopFolder.of(files.getConf(), files.makeQualified(new Path("/net"))));
    recipe = Digits.adaptRecipe(temporary, STEPS, CHECKPOINT_EVERY);
    Path whole = place("/paths/whole");
    adapt(whole).finish().ok();
    uninterrupted = network(whole);
    killed = place("/paths/killed");
    try (Launch driver = adapt(killed)) {
      Path waypoint = waypoint(killed, KILLED_AFTER);
      driver.await("waypoint " + KILLED_AFTER, () -> exists(waypoint));
      driver.killJvm();
    }
    assertFalse(exists(waypoint(killed, STEPS)), "the driver was killed too late");
  }

  @AfterAll
  static void stopCluster() {
    if (cluster != null) {
      cluster.shutdown();
    }
  }

  @Test
  void theSameCommandAgainEndsAtTheSameBits() throws IOException {
    Path store = copyOfKilled("/paths/resumed");
    List<Long> before = steps(store);
    Finish resumed = adapt(store).finish().ok();
    assertTrue(
        resumed.err().contains("resumed at step " + last(before) + " of " + STEPS), resumed.err());
    assertEquals(STEPS, resumed.json().get("steps").asInt());
    assertArrayEquals(uninterrupted, network(store));
  }

  @Test
  void damagedWaypointsAreNamedAndSkipped() throws IOException {
    Path store = copyOfKilled("/paths/damaged");
    List<Long> before = steps(store);
    long flipped = before.get(before.size() - 1);
    long truncated = before.get(before.size() - 2);
    Path model = new Path(waypoint(store, flipped), "model.safetensors");
    byte[] bytes = read(model);
    bytes[bytes.length / 2] ^= 1;
    write(model, bytes);
    Path state = new Path(waypoint(store, truncated), "state.safetensors");
    byte[] whole = read(state);
    write(state, Arrays.copyOf(whole, whole.length - 1));
    Finish verified = Launch.fip("paths", "verify", store.toString(), "--json").finish();
    assertEquals(65, verified.exitCode(), verified.err());
    assertEquals(2, verified.json().get("damaged").asInt());
    Finish resumed = adapt(store).finish().ok();
    for (Path damaged : List.of(model, state)) {
      assertTrue(
          resumed.err().lines().anyMatch(l -> l.contains(damaged.toString()) && l.contains("skip")),
          resumed.err());
    }
    long next = before.get(before.size() - 3);
    assertTrue(resumed.err().contains("resumed at step " + next + " of"), resumed.err());
    assertArrayEquals(uninterrupted, network(store));
    List<Finding> findings = PathStore.open(files, store).verify();
    assertTrue(findings.stream().allMatch(Finding::whole), findings.toString());
  }

  @Test
  void aSecondDriverIsTurnedAwayAndChangesNothing() throws IOException {
    Path store = copyOfKilled("/paths/held");
    copy(new Path(killed, "lock"), store);
    StoreLock lock = StoreLock.acquire(files.getConf(), store);
    List<Long> before = steps(store);
    String holder = "is being written by process " + ProcessHandle.current().pid() + " on ";
    adapt(store).finish().assertFails(75, holder);
    assertEquals(before, steps(store));
    lock.close();
    assertFalse(exists(new Path(store, "lock")));
  }

  private static Launch adapt(Path store) {
    return Launch.fip(
        "adapt",
        recipe.toString(),
        "--master",
        "local[2]",
        "--json",
        "--set",
        "network=" + place("/net"),
        "--set",
        "output=" + store);
  }

  private static Path place(String path) {
    return files.makeQualified(new Path(path));
  }

  private static Path waypoint(Path store, long step) {
    return new Path(store, String.format("waypoints/%06d", step));
  }

  /** The committed waypoints as the dead driver left them; what it was writing is left out. */
  private static Path copyOfKilled(String path) throws IOException {
    Path copy = place(path);
    Path waypoints = new Path(copy, "waypoints");
    files.mkdirs(waypoints);
    copy(new Path(killed, "path.json"), copy);
    copy(new Path(killed, "start"), copy);
    copy(new Path(killed, "anchors"), copy);
    for (long step : steps(killed)) {
      copy(waypoint(killed, step), waypoints);
    }
    return copy;
  }

  private static void copy(Path from, Path folder) throws IOException {
    assertTrue(FileUtil.copy(files, from, files, folder, false, files.getConf()));
  }

  private static List<Long> steps(Path store) throws IOException {
    List<Long> steps = new ArrayList<>();
    for (FileStatus entry : files.listStatus(new Path(store, "waypoints"))) {
      String name = entry.getPath().getName();
      if (!name.startsWith(".")) {
        steps.add(Long.valueOf(name));
      }
    }
    steps.sort(null);
    assertTrue(steps.size() >= 3, steps.toString());
    return steps;
  }

  private static long last(List<Long> steps) {
    return steps.get(steps.size() - 1);
  }

  private static byte[] network(Path store) throws IOException {
    return read(new Path(store, "network/model.safetensors"));
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = files.open(file)) {
      return in.readAllBytes();
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    try (OutputStream out = files.create(file, true)) {
      out.write(bytes);
    }
  }

  private static boolean exists(Path path) {
    try {
      return files.exists(path);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
