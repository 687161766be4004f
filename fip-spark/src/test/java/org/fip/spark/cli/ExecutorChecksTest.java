package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.fip.core.FipException.Category;
import org.fip.spark.manifold.TestSpark;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two executors in processes of their own say. */
class ExecutorChecksTest {
  private static SparkContext spark;

  @TempDir private java.nio.file.Path folder;

  /** Local files that one executor cannot read. */
  public static final class Lame extends RawLocalFileSystem {
    static final String SCHEME = "lame";

    @Override
    public URI getUri() {
      return URI.create(SCHEME + ":///");
    }

    @Override
    public FSDataInputStream open(Path file, int bufferSize) throws IOException {
      if (SparkEnv.get().executorId().equals("1")) {
        throw new IOException("this disk is broken");
      }
      return super.open(file, bufferSize);
    }
  }

  @BeforeAll
  static void start() {
    spark = TestSpark.start(TestSpark.CLUSTER);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private Outcome check(String scheme) throws IOException {
    Files.write(folder.resolve("marker"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs." + Lame.SCHEME + ".impl", Lame.class, Object.class);
    ExecutorChecks found =
        ExecutorChecks.of(spark, hadoop, List.of(new Path(scheme + ":" + folder + "/marker")));
    return DoctorCommand.outcome(found.checks(), found.reports());
  }

  @Test
  void everyExecutorReports() throws IOException {
    Outcome outcome = check("file");
    assertTrue(outcome.problem().isEmpty(), outcome.text());
    JsonNode executors = outcome.document().get("executors");
    assertEquals(2, executors.size());
    for (int i = 0; i < 2; i++) {
      JsonNode executor = executors.get(i);
      assertEquals(Integer.toString(i), executor.get("executor").asText());
      assertFalse(executor.get("host").asText().isEmpty(), executor.toString());
      assertEquals("cpu()", executor.get("device").asText());
      assertTrue(executor.get("engine").asText().startsWith("PyTorch "), executor.toString());
      assertEquals(System.getProperty("java.version"), executor.get("java").asText());
      assertTrue(executor.get("cacheFreeMiB").asLong() > 0, executor.toString());
      assertEquals(4, executor.get("checks").size(), executor.toString());
    }
    assertEquals(List.of("marker"), List.of(folder.toFile().list()));
  }

  @Test
  void anExecutorThatCannotReadTheFolderIsNamed() throws IOException {
    Outcome outcome = check(Lame.SCHEME);
    String line = outcome.problem().orElseThrow().getMessage();
    assertEquals(Category.CONFIGURATION, outcome.problem().orElseThrow().category());
    assertTrue(line.startsWith("1 of 2 checks failed: executor 1 on "), line);
    assertTrue(outcome.text().contains("this disk is broken"), outcome.text());
    JsonNode executors = outcome.document().get("executors");
    assertTrue(executors.get(0).get("ok").asBoolean(), outcome.text());
    assertFalse(executors.get(1).get("ok").asBoolean(), outcome.text());
  }

  @Test
  void aFolderThatExecutorsDoNotShareIsNoted() throws IOException {
    ExecutorChecks found =
        ExecutorChecks.of(
            spark, new Configuration(), List.of(new Path("file:" + folder + "/elsewhere")));
    assertEquals(2, found.checks().size());
    for (Check check : found.checks()) {
      assertTrue(check.detail().contains("a file that the driver has written is not there"));
    }
  }
}
