package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fip.spark.store.FaultyFiles;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that are killed at one point after the other of a path, as processes of their own. */
class KilledDriverTest {
  /**
   * In: the file of the path, the start network, the first waypoint, the second, the third, the
   * final network.
   */
  private static final int[] POINTS = {3, 25, 50, 75, 95, 115};

  @TempDir private Path folder;

  @AfterEach
  void useNoFaults() {
    FaultyFiles.useNone();
  }

  @Test
  void nothingThatWasCommittedIsLost() throws IOException, InterruptedException {
    SampleNetwork.save(SampleNetwork.random(), folder.resolve("net"));
    FaultyFiles.useHealthy();
    CommandLineRun.ofJob(adapt("whole")).assertOk();
    byte[] undisturbed = network("whole");
    List<Integer> committed = new ArrayList<>();
    for (int point : POINTS) {
      String name = "killed-" + point;
      assertEquals(137, run(point, name), "killed before change " + point);
      List<Long> before = steps(name);
      committed.add(before.size());
      CommandLineRun.ofJob(adapt(name)).assertOk();
      assertTrue(steps(name).containsAll(before), name);
      assertArrayEquals(undisturbed, network(name), name);
    }
    assertEquals(List.of(0, 0, 0, 1, 2, 3), committed, "waypoints when killed");
    System.out.printf("drivers killed: %d, 0 waypoints lost, 0 wrong results%n", POINTS.length);
  }

  private int run(int point, String name) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add(DyingDriver.class.getName());
    command.add(Integer.toString(point));
    command.addAll(List.of(adapt(name)));
    Path log = folder.resolve(name + ".log");
    Process driver =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return driver.waitFor();
  }

  private String[] adapt(String name) {
    return new String[] {
      "adapt",
      "--set",
      "network=" + folder.resolve("net"),
      "--set",
      "output=" + FaultyFiles.path(folder.resolve(name)),
      "--set",
      "keep=[{path: 'builtin:digits', labels: [0, 1], limit: 8}]",
      "--set",
      "tasks=[{name: new, train: {path: 'builtin:digits', labels: [5, 6], limit: 8}}]",
      "--set",
      "path={steps: 2, batch: 4, anchorBatch: 4, checkpointEvery: 1, shards: 1}",
      "--json"
    };
  }

  private List<Long> steps(String name) {
    Path place = folder.resolve(name);
    return Files.exists(place.resolve("path.json"))
        ? PathStore.open(FaultyFiles.healthy(), FaultyFiles.path(place)).steps()
        : List.of();
  }

  private byte[] network(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name).resolve("network/model.safetensors"));
  }
}
