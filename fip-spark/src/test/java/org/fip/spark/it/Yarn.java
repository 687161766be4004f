package org.fip.spark.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A YARN cluster with two nodes as a process, and the Spark home that reaches it. */
final class Yarn implements AutoCloseable {
  private static final String DAEMON = "org.fip.spark.cluster.YarnDaemon";
  private static final String SPARK_HOME = Launch.property("fip.yarnSparkHome");

  private final Path folder;
  private final Launch daemon;

  /** Starts the cluster, with all that it writes in this folder. */
  Yarn(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            DAEMON,
            folder.toString());
    daemon = Launch.start(builder.directory(folder.toFile()));
    daemon.await("its configuration", () -> Files.exists(folder.resolve("conf")));
  }

  /** Runs the launcher on this cluster: two executors of one core. */
  Finish fip(String... arguments) {
    List<String> words = new ArrayList<>(List.of(arguments));
    words.addAll(List.of("--master", "yarn", "--driver-memory", "768m"));
    words.addAll(List.of("--num-executors", "2", "--executor-cores", "1"));
    words.addAll(List.of("--executor-memory", "512m"));
    for (String setting :
        List.of(
            "spark.yarn.jars=local:" + SPARK_HOME + "/jars/*",
            "spark.yarn.stagingDir=file:" + folder.resolve("staging"),
            "spark.yarn.maxAppAttempts=1",
            "spark.executor.extraJavaOptions=" + Launch.SHORT_LIVED,
            "spark.executorEnv.SPARK_LOCAL_IP=127.0.0.1",
            "spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1")) {
      words.addAll(List.of("--conf", setting));
    }
    return launch(Map.of("HADOOP_CONF_DIR", folder.resolve("conf").toString()), words);
  }

  /** Runs the launcher with the same Spark home, on this machine alone. */
  static Finish local(String... arguments) {
    return launch(Map.of(), List.of(arguments));
  }

  private static Finish launch(Map<String, String> environment, List<String> arguments) {
    List<String> words = new ArrayList<>(List.of("env", "SPARK_LOCAL_IP=127.0.0.1"));
    words.add("SPARK_HOME=" + SPARK_HOME);
    words.add("FIP_JAR=" + Launch.property("fip.jar"));
    words.add(Launch.property("fip.launcher"));
    words.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    return Launch.start(builder).finish();
  }

  @Override
  public void close() {
    daemon.close();
  }
}
