package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A master and two workers of one core each, as processes of {@code scripts/cluster}. */
final class Cluster implements AutoCloseable {
  private final Path folder;
  private final List<ProcessHandle> processes;

  /** The master's address. */
  final String url;

  /** Starts the processes on free ports, with logs and work folders in this folder. */
  Cluster(Path folder) {
    this.folder = folder;
    url = run("up").ok().out().strip();
    processes = List.of(handle("master"), handle("worker-1"), handle("worker-2"));
  }

  private Finish run(String command) {
    ProcessBuilder builder = new ProcessBuilder(Launch.property("fip.cluster"), command);
    builder
        .environment()
        .putAll(
            Map.of(
                "FIP_CLUSTER_DIR", folder.toString(),
                "FIP_CLUSTER_MASTER_PORT", "0",
                "FIP_CLUSTER_WEB_PORT", "0",
                "FIP_CLUSTER_WORKERS", "2",
                "FIP_CLUSTER_WORKER_CORES", "1",
                "FIP_CLUSTER_SPARK_HOME", Launch.property("fip.sparkHome")));
    return Launch.start(builder).finish();
  }

  private ProcessHandle handle(String name) {
    List<String> words =
        run("status")
            .ok()
            .out()
            .lines()
            .map(line -> List.of(line.split(" ")))
            .filter(line -> line.get(0).equals(name))
            .findFirst()
            .orElseThrow();
    assertEquals("alive", words.get(2));
    return ProcessHandle.of(Long.parseLong(words.get(1))).orElseThrow();
  }

  /** The processes of the executors that are alive. */
  List<ProcessHandle> executors() {
    return processes.stream().flatMap(ProcessHandle::children).toList();
  }

  /** Ends the cluster; that a process is left is a failure. */
  void down() {
    List<ProcessHandle> all = new ArrayList<>();
    processes.forEach(p -> Stream.concat(Stream.of(p), p.descendants()).forEach(all::add));
    run("down").ok();
    assertEquals(List.of(), all.stream().filter(Cluster::runs).toList());
    Finish status = run("status");
    assertEquals("down", status.out().strip());
    assertTrue(status.exitCode() != 0);
  }

  /** Whether a process runs; one that has ended and whose parent has not asked yet does not. */
  private static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  @Override
  public void close() {
    run("down");
  }
}
