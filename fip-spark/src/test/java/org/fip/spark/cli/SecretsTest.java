package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets among Spark's settings reach neither results nor what is printed. */
class SecretsTest {
  private static final String SECRET = "hush-5e8f1c";
  private static final List<String> KEYS =
      List.of(
          "spark.authenticate.secret",
          "spark.ssl.keyPassword",
          "spark.hadoop.fs.s3a.secret.key",
          "spark.hadoop.fs.s3a.session.token",
          "spark.hadoop.fs.azure.account.key.lake");

  @TempDir private Path folder;

  @BeforeEach
  void setSecrets() throws IOException {
    SampleNetwork.save(SampleNetwork.random(), folder.resolve("net"));
    KEYS.forEach(key -> System.setProperty(key, SECRET));
  }

  @AfterEach
  void clearSecrets() {
    KEYS.forEach(System::clearProperty);
  }

  @Test
  void areInNoFileAndOnNoPage() throws IOException {
    String store = folder.resolve("path").toString();
    assertSilent(
        CommandLineRun.ofJob(
            "adapt",
            "--set",
            "network=" + folder.resolve("net"),
            "--set",
            "output=" + store,
            "--set",
            "keep=[{path: 'builtin:digits', limit: 10}]",
            "--set",
            "tasks=[{name: new, train: {path: 'builtin:digits', limit: 10}}]",
            "--set",
            "path={steps: 1, batch: 4, anchorBatch: 4, shards: 1}",
            "--json"));
    assertSilent(CommandLineRun.of("paths", "show", store, "--json"));
    assertSilent(CommandLineRun.of("report", store, "--out", folder + "/r.html"));
    assertSilent(CommandLineRun.of("export", "--store", store, "--out", folder + "/out"));
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(text.contains(SECRET), file.toString());
      }
    }
  }

  @Test
  void inAPathAreRefusedAndNotRepeated() {
    String path = "ftp://user:" + SECRET + "@host/data";
    for (CommandLineRun run :
        List.of(
            CommandLineRun.of("paths", "show", path),
            CommandLineRun.of("evaluate", "--network", folder + "/net", "--data", path),
            CommandLineRun.of("evaluate", "--network", path, "--data", "builtin:digits"))) {
      assertEquals(65, run.exitCode(), run.err());
      assertTrue(run.err().contains("the path holds a password"), run.err());
      assertFalse((run.out() + run.err()).contains(SECRET));
    }
  }

  private static void assertSilent(CommandLineRun run) {
    run.assertOk();
    assertFalse((run.out() + run.err()).contains(SECRET), run.out());
  }
}
