package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A master, two workers of one core each, and more, as processes of {@code scripts/cluster}. */
final class Cluster implements AutoCloseable {
  private static final String DRIVER = "org.apache.spark.deploy.worker.DriverWrapper";

  private final Path folder;
  private final List<ProcessHandle> processes;

  /** The master's address. */
  final String url;

  /** Starts the processes on free ports, with logs and work folders in this folder. */
  Cluster(Path folder, String... options) {
    this.folder = folder;
    url = run("up", options).ok().out().strip();
    processes = handles();
  }

  /** Runs a command of the script on this cluster. */
  Finish run(String command, String... more) {
    List<String> words = new ArrayList<>(List.of(Launch.property("fip.cluster"), command));
    words.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment(folder));
    return Launch.start(builder).finish();
  }

  /** What makes {@code scripts/cluster} work in a folder, on free ports. */
  static Map<String, String> environment(Path folder) {
    return Map.of(
        "FIP_CLUSTER_DIR", folder.toString(),
        "FIP_CLUSTER_MASTER_PORT", "0",
        "FIP_CLUSTER_WEB_PORT", "0",
        "FIP_CLUSTER_WORKERS", "2",
        "FIP_CLUSTER_WORKER_CORES", "1",
        "FIP_CLUSTER_SPARK_HOME", Launch.property("fip.sparkHome"));
  }

  private List<ProcessHandle> handles() {
    return run("status")
        .ok()
        .out()
        .lines()
        .map(line -> List.of(line.split(" +", -1)))
        .filter(words -> words.contains("alive"))
        .map(words -> ProcessHandle.of(Long.parseLong(words.get(1))).orElseThrow())
        .toList();
  }

  /** The processes of the executors that are alive. */
  List<ProcessHandle> executors() {
    return processes.stream().flatMap(ProcessHandle::children).toList();
  }

  /** The process of the one driver that a worker has started. */
  ProcessHandle driver() {
    List<ProcessHandle> drivers =
        executors().stream().filter(process -> commandLine(process).contains(DRIVER)).toList();
    assertEquals(1, drivers.size(), drivers.toString());
    return drivers.get(0);
  }

  /** What drivers that workers have started wrote to standard error. */
  String driverLog() throws IOException {
    StringBuilder log = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder.resolve("work"))) {
      for (Path file : files.filter(f -> f.toString().matches(".*/driver-.*/stderr")).toList()) {
        log.append(Files.readString(file));
      }
    }
    return log.toString();
  }

  /** The command line of a process, NUL behind each word; empty when it has ended. */
  static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(
          Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
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
