package org.fip.spark.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * A resource manager and two node managers on loopback, in one process: {@code FOLDER}. Clients
 * find them by {@code FOLDER/conf}, which is there once they have started; containers are processes
 * of their own.
 */
final class YarnDaemon {
  private static final String HOST = "127.0.0.1";
  private static final int NODES = 2;

  private YarnDaemon() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    MiniYARNCluster cluster = new MiniYARNCluster("yarn", NODES, 1, 1);
    cluster.init(configuration());
    cluster.start();
    Configuration all = cluster.getConfig();
    Path conf = Files.createDirectories(folder.resolve("starting"));
    write(all, conf.resolve("yarn-site.xml"));
    Configuration files = new Configuration(false);
    files.set("fs.defaultFS", "file:///");
    write(files, conf.resolve("core-site.xml"));
    Files.move(conf, folder.resolve("conf"));
    Thread.currentThread().join();
  }

  private static Configuration configuration() {
    Configuration configuration = new YarnConfiguration();
    Map.of(
            "yarn.resourcemanager.hostname", HOST,
            "yarn.resourcemanager.bind-host", HOST,
            "yarn.nodemanager.hostname", HOST,
            "yarn.nodemanager.bind-host", HOST,
            "yarn.nodemanager.resource.memory-mb", "4096",
            "yarn.nodemanager.resource.cpu-vcores", "4",
            "yarn.scheduler.minimum-allocation-mb", "128",
            // The tensors' memory is virtual before it is used.
            "yarn.nodemanager.vmem-check-enabled", "false",
            "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "99.5",
            // The default scheduler wants a file of queues.
            "yarn.resourcemanager.scheduler.class",
                "org.apache.hadoop.yarn.server.resourcemanager.scheduler.fifo.FifoScheduler")
        .forEach(configuration::set);
    return configuration;
  }

  private static void write(Configuration configuration, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      configuration.writeXml(out);
    }
  }
}
