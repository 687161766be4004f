package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose processes authenticate each other and encrypt what they send. */
class SecureClusterIT {
  private static final String SECRET = "spark.authenticate.secret ";

  @TempDir private Path folder;

  @Test
  void jobsRunAndNobodySeesTheSecret() throws IOException {
    Path files = folder.resolve("cluster");
    try (Cluster cluster = new Cluster(files, "--secure", "--no-hdfs", "--no-history")) {
      Path application = files.resolve("application.conf");
      assertEquals(
          PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(application));
      String secret =
          Files.readAllLines(application).stream()
              .filter(line -> line.startsWith(SECRET))
              .map(line -> line.substring(SECRET.length()))
              .findFirst()
              .orElseThrow();
      assertEquals(64, secret.length());
      List<String> words = new ArrayList<>(List.of("doctor", "--path", folder + "/store"));
      words.addAll(Arrays.asList(cluster.run("options").ok().out().strip().split(" ", -1)));
      words.addAll(List.of("--conf", "spark.eventLog.compress=false"));
      try (Launch driver = Launch.fip(words.toArray(String[]::new))) {
        Set<Long> seen = new TreeSet<>();
        driver.await("two executors", () -> cluster.executors().size() == 2);
        ProcessHandle.allProcesses()
            .filter(process -> Cluster.commandLine(process).contains(secret))
            .forEach(process -> seen.add(process.pid()));
        assertEquals(Set.of(), seen, "processes with the secret on their command line");
        Finish finish = driver.finish().ok();
        assertTrue(finish.out().contains("ok  executor 1 on 127.0.0.1"), finish.out());
        assertFalse((finish.out() + finish.err()).contains(secret));
      }
      try (Launch stranger = Launch.fip("doctor", "--master", cluster.url)) {
        // Spark tries for a minute what this says at once.
        stranger.await("refusal", () -> stranger.errors().contains("Unknown challenge message"));
      }
      assertNotIn(files.resolve("events"), secret);
      assertNotIn(files.resolve("work"), secret);
    }
  }

  private static void assertNotIn(Path folder, String secret) throws IOException {
    try (var files = Files.walk(folder)) {
      List<Path> texts =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.toString().endsWith(".jar"))
              .toList();
      assertFalse(texts.isEmpty(), folder + " is empty");
      for (Path text : texts) {
        assertFalse(
            Files.readString(text, StandardCharsets.ISO_8859_1).contains(secret), text.toString());
      }
    }
  }
}
