package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.fip.spark.store.FaultyFileSystem;
import org.fip.spark.store.FaultyFileSystem.Fault;
import org.fip.spark.store.FaultyFiles;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code adapt} as a whole over storage that fails, at every point of a short path. */
final class FaultyStorageTest {
  @TempDir private Path folder;
  private int steps;
  private byte[] undisturbed;

  private void walkUndisturbed(int length) throws IOException {
    steps = length;
    SampleNetwork.save(SampleNetwork.random(), folder.resolve("net"));
    FaultyFiles.useHealthy();
    adapt("whole").assertOk();
    undisturbed = network("whole");
  }

  @AfterEach
  void useNoFaults() {
    FaultyFiles.useNone();
  }

  @Test
  void anyOneWriteThatFailsIsOneLineAndCostsNoWaypoint() throws IOException {
    long points = failAtEach(Fault.THROW, n -> operation -> operation == n);
    System.out.printf("adapt: %d failing writes, 0 waypoints lost, 0 wrong results%n", points);
  }

  @Test
  void deathAtAnyWriteCostsNoWaypoint() throws IOException {
    long points = failAtEach(Fault.LOSE_THE_ANSWER, n -> operation -> operation >= n);
    System.out.printf("adapt: %d points of death, 0 waypoints lost, 0 wrong results%n", points);
  }

  /** Walks with each of the operations failing, and after each failure again without. */
  private long failAtEach(Fault fault, LongFunction<LongPredicate> failing) throws IOException {
    walkUndisturbed(1);
    for (long n = 1; ; n++) {
      String name = fault + "-" + n;
      FaultyFileSystem faulty =
          new FaultyFileSystem(FaultyFiles.healthy(), fault, failing.apply(n));
      FaultyFiles.use(faulty);
      CommandLineRun failed = adapt(name);
      FaultyFiles.useHealthy();
      if (!faulty.failed()) {
        failed.assertOk();
        assertArrayEquals(undisturbed, network(name));
        return n - 1;
      }
      String where = name + ": " + failed.err();
      if (failed.exitCode() != 0) {
        assertEquals(74, failed.exitCode(), where);
        assertEquals(1, failed.err().lines().count(), where);
        assertTrue(failed.err().contains("No space left on device"), where);
      }
      List<Long> committed = steps(name);
      adapt(name).assertOk();
      assertTrue(steps(name).containsAll(committed), where);
      assertEquals(steps("whole"), steps(name), where);
      assertArrayEquals(undisturbed, network(name), where);
      CommandLineRun.of("paths", "verify", store(name)).assertOk();
      FileUtil.fullyDelete(folder.resolve(name).toFile());
    }
  }

  @Test
  void everyDamagedFileIsNamedAndNothingWrongComesOut() throws IOException {
    walkUndisturbed(2);
    int points = 0;
    int refused = 0;
    for (Path file : files(folder.resolve("whole"))) {
      byte[] whole = Files.readAllBytes(file);
      for (byte[] damaged : damages(whole)) {
        if (damaged == null) {
          Files.delete(file);
        } else {
          Files.write(file, damaged);
        }
        refused += damaged(file, points) ? 1 : 0;
        points++;
      }
      Files.write(file, whole);
    }
    assertEquals(undisturbed.length, network("whole").length);
    System.out.printf(
        "adapt: %d damaged files, %d refused, the others mended, 0 wrong results%n",
        points, refused);
  }

  /** What a run makes of a copy of the damaged store; whether it refuses it. */
  private boolean damaged(Path file, int number) throws IOException {
    String name = "damaged-" + number;
    String inside = folder.resolve("whole").relativize(file).toString();
    FileUtil.copy(
        folder.resolve("whole").toFile(),
        FaultyFiles.healthy(),
        FaultyFiles.path(folder.resolve(name)),
        false,
        new Configuration());
    CommandLineRun verified = CommandLineRun.of("paths", "verify", store(name));
    boolean lost = inside.equals("path.json") && !Files.exists(file);
    assertEquals(lost ? 66 : 65, verified.exitCode(), inside + verified.out() + verified.err());
    assertEquals(1, verified.err().lines().count(), verified.err());
    String place = folder.resolve(name).resolve(inside).toString();
    assertTrue((verified.out() + verified.err()).contains(lost ? "path.json" : place), place);
    CommandLineRun run = adapt(name);
    String where = number + " " + inside + ": " + run.err();
    if (run.exitCode() == 0) {
      assertArrayEquals(undisturbed, network(name), where);
      // A waypoint in the middle that the end does not need stays as it is, and so do anchors.
      boolean needless = inside.startsWith("waypoints/000001/") || inside.startsWith("anchors/");
      int left = needless ? 65 : 0;
      assertEquals(left, CommandLineRun.of("paths", "verify", store(name)).exitCode(), where);
    } else {
      assertEquals(65, run.exitCode(), where);
      assertEquals(1, run.err().lines().count(), where);
      assertTrue(run.err().contains(lost ? "path.json" : place), where);
      assertTrue(inside.startsWith("start/") || inside.equals("path.json"), where);
    }
    FileUtil.fullyDelete(folder.resolve(name).toFile());
    return run.exitCode() != 0;
  }

  /** Truncated at several places, with bits flipped at several places, and lost. */
  private static List<byte[]> damages(byte[] whole) {
    List<byte[]> damages = new ArrayList<>();
    for (int length : new int[] {0, whole.length - 1}) {
      damages.add(Arrays.copyOf(whole, length));
    }
    for (int half = 0; half <= 2; half++) {
      byte[] flipped = whole.clone();
      flipped[Math.min(whole.length - 1, half * whole.length / 2)] ^= (byte) (1 << half);
      damages.add(flipped);
    }
    damages.add(null);
    return damages;
  }

  private CommandLineRun adapt(String name) {
    return CommandLineRun.ofJob(
        "adapt",
        "--set",
        "network=" + folder.resolve("net"),
        "--set",
        "output=" + store(name),
        "--set",
        "keep=[{path: 'builtin:digits', labels: [0, 1], limit: 8}]",
        "--set",
        "tasks=[{name: new, train: {path: 'builtin:digits', labels: [5, 6], limit: 8}}]",
        "--set",
        "evaluate={new: {path: 'builtin:digits', split: test, limit: 8}}",
        "--set",
        "path={steps: %d, batch: 4, anchorBatch: 4, checkpointEvery: 1, shards: 1}"
            .formatted(steps),
        "--json");
  }

  private String store(String name) {
    return FaultyFiles.path(folder.resolve(name)).toString();
  }

  private byte[] network(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name).resolve("network/model.safetensors"));
  }

  private List<Long> steps(String name) {
    Path place = folder.resolve(name);
    return Files.exists(place.resolve("path.json"))
        ? PathStore.open(FaultyFiles.healthy(), FaultyFiles.path(place)).steps()
        : List.of();
  }

  private static List<Path> files(Path store) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
