package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A program of this build that runs as a process of its own. */
final class Launch implements AutoCloseable {
  /** No run here takes a tenth of it; it only keeps a hanging process from hanging the build. */
  private static final long LIMIT_SECONDS = 600;

  /** What a developer's shell may have set and would make a run another than the build's. */
  private static final Set<String> FOREIGN =
      Set.of(
          "SPARK_HOME",
          "SPARK_CONF_DIR",
          "SPARK_LOCAL_IP",
          "FIP_JAR",
          "FIP_DEBUG",
          "OMP_NUM_THREADS",
          "OMP_WAIT_POLICY");

  /** These processes live for seconds, half of which would go into optimising their code. */
  static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private final List<String> command;
  private final Process process;
  private final Path out;
  private final Path err;

  private Launch(List<String> command, Process process, Path out, Path err) {
    this.command = command;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts {@code scripts/fip} with these arguments. */
  static Launch fip(String... arguments) {
    return start(List.of(property("fip.launcher")), arguments);
  }

  /** Starts the {@code spark-submit} of the build's Spark home. */
  static Launch sparkSubmit(String... arguments) {
    return start(List.of(property("fip.sparkHome") + "/bin/spark-submit"), arguments);
  }

  private static Launch start(List<String> program, String... arguments) {
    List<String> command = new ArrayList<>(program);
    command.addAll(Arrays.asList(arguments));
    return start(new ProcessBuilder(command));
  }

  /** Starts a process without the settings of a developer's shell. */
  static Launch start(ProcessBuilder builder) {
    builder.environment().keySet().removeAll(FOREIGN);
    builder.environment().put("FIP_BUILD", "never");
    builder.environment().put("JDK_JAVA_OPTIONS", SHORT_LIVED);
    try {
      Path out = Files.createTempFile("fip-it", ".out");
      Path err = Files.createTempFile("fip-it", ".err");
      Process process =
          builder
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      return new Launch(builder.command(), process, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A system property that the build sets for these tests. */
  static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException(name + " is not set; run these tests with 'mvn verify'");
    }
    return value;
  }

  /** Waits for the end. */
  Finish finish() {
    try {
      assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), () -> this + " does not end");
      return new Finish(command, process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      close();
    }
  }

  /** Waits until something is so while the process runs; that it ends first is a failure. */
  void await(String what, BooleanSupplier condition) {
    try {
      while (!condition.getAsBoolean()) {
        assertFalse(
            process.waitFor(20, TimeUnit.MILLISECONDS),
            () -> this + " ended before " + what + "\n" + errors());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Standard error so far. */
  String errors() {
    try {
      return Files.readString(err);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Ends the one JVM behind the program as {@code kill -9} does. */
  void killJvm() {
    List<ProcessHandle> jvms =
        Stream.concat(Stream.of(process.toHandle()), process.descendants())
            .filter(handle -> handle.info().command().orElse("").endsWith("/java"))
            .toList();
    assertTrue(jvms.size() == 1, () -> "not one JVM behind " + this + ": " + jvms);
    assertTrue(jvms.get(0).destroyForcibly());
    jvms.get(0).onExit().join();
  }

  /** Ends what is left of the process. */
  @Override
  public void close() {
    Stream.concat(process.descendants(), Stream.of(process.toHandle()))
        .forEach(ProcessHandle::destroyForcibly);
    try {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return String.join(" ", command);
  }
}
