package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A path on two executors in processes of their own. Shards, not executors, decide how sums are
 * formed, so it ends at the bits of the same path with two shards in one process.
 */
class ClusterIT {
  private static final int STEPS = 60;
  private static final int CHECKPOINT_EVERY = 10;

  @TempDir static Path folder;
  private static Cluster cluster;
  private static byte[] inOneProcess;

  @BeforeAll
  static void start() throws IOException {
    Digits.network().save(new LocalFolder(folder.resolve("net")));
    Digits.adaptRecipe(folder, STEPS, CHECKPOINT_EVERY);
    Launch.fip(adapt("local", "local[2]")).finish().ok();
    inOneProcess = network("local");
    cluster = new Cluster(folder.resolve("cluster"), "--gpus", "1", "--no-hdfs", "--no-history");
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      try (Cluster ended = cluster) {
        ended.down();
      }
    }
  }

  @Test
  void plainSparkSubmitEndsAtTheBitsOfOneProcess() throws IOException {
    String[] adapt = adapt("submitted", cluster.url);
    int options = List.of(adapt).indexOf("--conf");
    String[] arguments = new String[adapt.length + 3];
    // spark-submit wants its own options before the jar, the program its own behind it.
    int next = 0;
    for (int i = options; i < adapt.length; i++) {
      arguments[next++] = adapt[i];
    }
    arguments[next++] = "--class";
    arguments[next++] = "org.fip.spark.cli.Main";
    arguments[next++] = Launch.property("fip.jar");
    System.arraycopy(adapt, 0, arguments, next, options);
    Finish finish = Launch.sparkSubmit(arguments).finish().ok();
    assertEquals(STEPS, finish.json().get("steps").asInt());
    assertTrue(finish.err().contains("2 shards on 2 executors"), finish.err());
    assertArrayEquals(inOneProcess, network("submitted"));
  }

  @Test
  void aKilledExecutorChangesNothing() throws IOException {
    try (Launch driver = Launch.fip(adapt("wounded", cluster.url))) {
      Path waypoint = folder.resolve("wounded/waypoints/000020");
      driver.await("waypoint 20", () -> Files.exists(waypoint));
      List<ProcessHandle> executors = cluster.executors();
      assertEquals(2, executors.size(), executors.toString());
      assertTrue(executors.get(0).destroyForcibly());
      assertFalse(Files.exists(folder.resolve("wounded/network")), "killed too late");
      Finish finish = driver.finish().ok();
      assertTrue(finish.err().matches("(?s).*executor \\d+ is lost.*"), finish.err());
      assertEquals(STEPS, finish.json().get("steps").asInt());
    }
    assertArrayEquals(inOneProcess, network("wounded"));
  }

  @Test
  void aKilledDriverInTheClusterIsStartedAgainAndResumes() throws IOException {
    List<String> words = new ArrayList<>(List.of(adapt("supervised", cluster.url)));
    words.addAll(List.of("--deploy-mode", "cluster", "--supervise", "--driver-memory", "1g"));
    // The driver takes one of the two cores; the submitting process stays to be waited with.
    words.addAll(List.of("--conf", "spark.cores.max=1"));
    words.addAll(List.of("--conf", "spark.standalone.submit.waitAppCompletion=true"));
    Path store = folder.resolve("supervised");
    try (Launch submission = Launch.fip(words.toArray(String[]::new))) {
      submission.await("waypoint 20", () -> Files.exists(store.resolve("waypoints/000020")));
      assertTrue(cluster.driver().destroyForcibly());
      assertFalse(Files.exists(store.resolve("network")), "killed too late");
      submission.await("the network", () -> Files.exists(store.resolve("network")));
    }
    assertArrayEquals(inOneProcess, network("supervised"));
    assertTrue(cluster.driverLog().contains("resumed at step "), cluster.driverLog());
  }

  @Test
  void gpusThatTheEngineDoesNotSeeAreRefused() {
    Finish doctor = Launch.fip(onGpus("doctor", "--json")).finish();
    doctor.assertFails(78, "executor 0 on 127.0.0.1, executor 1 on 127.0.0.1");
    Set<String> gpus = new HashSet<>();
    for (JsonNode executor : doctor.json().get("executors")) {
      gpus.add(executor.get("gpus").asText());
      assertTrue(executor.toString().contains("the engine sees 0 GPUs"), executor.toString());
    }
    assertEquals(Set.of("0", "1"), gpus);
    Launch.fip(onGpus(adapt("gpus", cluster.url)))
        .finish()
        .assertFails(78, "set spark.fip.device=cpu to compute on the CPU");
  }

  @Test
  void theCpuIsUsedInsteadOfGpusWhereTheSettingSaysSo() {
    String folder = ClusterIT.folder.toString();
    Finish doctor =
        Launch.fip(onGpus("doctor", "--conf", "spark.fip.device=cpu", "--path", folder))
            .finish()
            .ok();
    for (String gpu : List.of("0", "1")) {
      assertTrue(
          doctor
              .out()
              .matches(
                  "(?s).*\n[01] +127.0.0.1 +cpu\\(\\) +" + gpu + " +PyTorch [^\n]* ok(\n.*|$)"),
          doctor.out());
    }
  }

  private static String[] onGpus(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--master", cluster.url));
    for (String setting :
        List.of(
            "spark.executor.resource.gpu.amount=1",
            "spark.executor.cores=1",
            "spark.cores.max=2")) {
      all.addAll(List.of("--conf", setting));
    }
    return all.toArray(String[]::new);
  }

  private static String[] adapt(String store, String master) {
    return new String[] {
      "adapt",
      folder.resolve("adapt.yaml").toString(),
      "--json",
      "--set",
      "network=" + folder.resolve("net"),
      "--set",
      "output=" + folder.resolve(store),
      // How many executors there will be, so that the first round waits for both.
      "--conf",
      "spark.executor.cores=1",
      "--conf",
      "spark.cores.max=2",
      "--master",
      master
    };
  }

  private static byte[] network(String store) throws IOException {
    return Files.readAllBytes(folder.resolve(store + "/network/model.safetensors"));
  }
}
