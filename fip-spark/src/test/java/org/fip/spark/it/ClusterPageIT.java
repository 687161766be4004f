package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the README's section about a cluster, as they stand there. */
class ClusterPageIT {
  private static final Path ROOT =
      Path.of(Launch.property("fip.launcher")).normalize().getParent().getParent();

  @TempDir static Path folder;

  @AfterAll
  static void stop() {
    run("scripts/cluster down");
  }

  @Test
  void isDoneAsItIsWritten() throws Exception {
    List<String> blocks = blocks();
    assertEquals(7, blocks.size(), () -> String.join("---\n", blocks));
    String up = blocks.get(0);
    String terminal = blocks.get(1);
    String adapt = terminal + blocks.get(3);
    run(up).ok();
    run(terminal + blocks.get(2)).ok();
    String hdfs = run("scripts/cluster url hdfs").ok().out().strip();
    Configuration configuration = new Configuration();
    configuration.set("dfs.replication", "2");
    try (FileSystem files = FileSystem.newInstance(URI.create(hdfs), configuration)) {
      try (Launch driver = launch(adapt)) {
        driver.await("a waypoint", () -> newest(files) > 0);
        Finish killed = run(blocks.get(4)).ok();
        assertTrue(killed.out().matches("(?s).*worker-1 +\\d+ dead .*"), killed.out());
        assertTrue(killed.out().matches("(?s).*datanode-1 +\\d+ dead .*"), killed.out());
        long before = newest(files);
        driver.await("waypoints after the loss", () -> newest(files) > before + 1);
        driver.killJvm();
      }
      assertFalse(files.exists(new org.apache.hadoop.fs.Path("/paths/more/network")), "too late");
      run(blocks.get(5)).ok();
      Finish resumed = run(adapt).ok();
      assertTrue(resumed.err().contains("resumed at step "), resumed.err());
      assertTrue(resumed.err().contains("2 shards on 2 executors"), resumed.err());
      assertArrayEquals(undisturbed(adapt), model(files));
      String tab = tabInHistory();
      assertTrue(tab.contains("finished"), tab);
      assertTrue(tab.contains(hdfs + "/paths/more"), tab);
    }
    run(terminal + blocks.get(6)).ok();
    assertFalse(Files.exists(folder.resolve("cluster")));
  }

  /** The same path in one process. */
  private static byte[] undisturbed(String adapt) throws IOException {
    Path store = folder.resolve("undisturbed");
    run(adapt.strip().replace("$hdfs/paths/more", "file:" + store) + " --master 'local[2]'").ok();
    return Files.readAllBytes(store.resolve("network/model.safetensors"));
  }

  private static byte[] model(FileSystem files) throws IOException {
    try (InputStream in =
        files.open(new org.apache.hadoop.fs.Path("/paths/more/network/model.safetensors"))) {
      return in.readAllBytes();
    }
  }

  /**
   * What the history server shows of the path that was resumed, which the cluster's master named.
   */
  private static String tabInHistory() throws IOException, InterruptedException {
    URI page = URI.create(run("scripts/cluster url history").ok().out().strip());
    String applications = get(page.resolve("/api/v1/applications?status=completed"));
    for (JsonNode application : new ObjectMapper().readTree(applications)) {
      String id = application.path("id").asText();
      if (application.path("name").asText().equals("fip adapt") && id.startsWith("app-")) {
        return get(page.resolve("/history/" + id + "/fip/"));
      }
    }
    throw new AssertionError(applications);
  }

  private static String get(URI page) throws IOException, InterruptedException {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NORMAL)
        .build()
        .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** The number of the newest waypoint. */
  private static long newest(FileSystem files) {
    try {
      org.apache.hadoop.fs.Path waypoints = new org.apache.hadoop.fs.Path("/paths/more/waypoints");
      return !files.exists(waypoints)
          ? 0
          : Arrays.stream(files.listStatus(waypoints))
              .map(FileStatus::getPath)
              .map(org.apache.hadoop.fs.Path::getName)
              .filter(name -> name.matches("\\d+"))
              .mapToLong(Long::parseLong)
              .max()
              .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The indented blocks of the section. */
  private static List<String> blocks() throws IOException {
    String page = Files.readString(ROOT.resolve("README.md"));
    String section = page.substring(page.indexOf("## A cluster on one machine\n") + 3);
    List<String> blocks = new ArrayList<>();
    for (String paragraph : section.substring(0, section.indexOf("\n## ")).split("\n\n", -1)) {
      if (paragraph.startsWith("    ")) {
        blocks.add(paragraph.stripIndent() + "\n");
      }
    }
    return blocks;
  }

  private static Finish run(String commands) {
    return launch(commands).finish();
  }

  private static Launch launch(String commands) {
    ProcessBuilder shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", commands.strip());
    shell.directory(ROOT.toFile());
    shell.environment().putAll(Cluster.environment(folder.resolve("cluster")));
    return Launch.start(shell);
  }
}
