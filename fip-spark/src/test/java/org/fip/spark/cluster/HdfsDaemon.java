package org.fip.spark.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.namenode.NameNode;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;

/**
 * One process of the HDFS that {@code scripts/cluster} starts on loopback: {@code namenode FOLDER
 * PORT WEB-PORT} or {@code datanode FOLDER NAMENODE-PORT WEB-PORT}. The folder is made by the first
 * start and used again by later ones.
 */
final class HdfsDaemon {
  private static final String HOST = "127.0.0.1";

  private HdfsDaemon() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[1]).toAbsolutePath();
    Configuration configuration = configuration(arguments[2]);
    String web = HOST + ":" + arguments[3];
    switch (arguments[0]) {
      case "namenode" -> nameNode(configuration, folder, web);
      case "datanode" -> dataNode(configuration, folder, web);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static Configuration configuration(String port) {
    Configuration configuration = new HdfsConfiguration();
    Map.of(
            "fs.defaultFS", "hdfs://" + HOST + ":" + port,
            "dfs.replication", "2",
            // A lost data node is noticed after twelve seconds, not after ten minutes.
            "dfs.heartbeat.interval", "1",
            "dfs.namenode.heartbeat.recheck-interval", "1000",
            "dfs.namenode.safemode.extension", "0",
            "dfs.namenode.handler.count", "4",
            "dfs.datanode.handler.count", "3")
        .forEach(configuration::set);
    return configuration;
  }

  private static void nameNode(Configuration configuration, Path folder, String web)
      throws IOException {
    configuration.set("dfs.namenode.name.dir", folder.toUri().toString());
    configuration.set("dfs.namenode.http-address", web);
    boolean fresh = !Files.exists(folder.resolve("current/VERSION"));
    if (fresh) {
      // Formatting registers the metrics that the node registers again.
      DefaultMetricsSystem.setMiniClusterMode(true);
      NameNode.format(configuration);
    }
    NameNode node = NameNode.createNameNode(new String[0], configuration);
    if (fresh) {
      try (FileSystem files = FileSystem.newInstance(configuration)) {
        files.mkdirs(new org.apache.hadoop.fs.Path("/spark-events"));
      }
    }
    node.join();
  }

  private static void dataNode(Configuration configuration, Path folder, String web)
      throws IOException, InterruptedException {
    configuration.set("dfs.datanode.data.dir", folder.toUri().toString());
    configuration.set("dfs.datanode.http.address", web);
    configuration.set("dfs.datanode.hostname", HOST);
    configuration.set("dfs.datanode.address", HOST + ":0");
    configuration.set("dfs.datanode.ipc.address", HOST + ":0");
    DataNode node = DataNode.instantiateDataNode(new String[0], configuration);
    node.runDatanodeDaemon();
    while (node.isDatanodeUp()) {
      TimeUnit.SECONDS.sleep(1);
    }
  }
}
