package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.security.PrivilegedAction;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.security.UserGroupInformation;
import org.fip.spark.store.HadoopFolder;
import org.fip.spark.store.ObservedHdfs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on an HDFS that loses a data node, forbids something, or asks for Kerberos. */
class HdfsFaultTest {
  private static final String IMPLEMENTATION = "spark.hadoop.fs.hdfs.impl";
  private static final String UNCACHED = "spark.hadoop.fs.hdfs.impl.disable.cache";
  private static final String COPIES = "spark.hadoop.dfs.replication";
  private static final String UMASK = "spark.hadoop.fs.permissions.umask-mode";
  private static final UserGroupInformation ALICE =
      UserGroupInformation.createUserForTesting("alice", new String[] {"people"});

  @TempDir private static java.nio.file.Path temporary;
  private static MiniDFSCluster cluster;
  private static FileSystem files;
  private static byte[] undisturbed;

  @BeforeAll
  static void start() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, temporary.resolve("hdfs").toString());
    configuration.set("dfs.replication", "2");
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(2).build();
    cluster.waitActive();
    files = cluster.getFileSystem();
    SampleNetwork.random().save(HadoopFolder.of(files.getConf(), place("/net")));
    files.mkdirs(new Path("/alice"));
    files.setOwner(new Path("/alice"), "alice", "people");
    adapt("/paths/whole").assertOk();
    undisturbed = network("/paths/whole");
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.shutdown();
    }
  }

  @AfterEach
  void clearSettings() {
    List.of(IMPLEMENTATION, UNCACHED, COPIES, UMASK).forEach(System::clearProperty);
  }

  @Test
  void aDataNodeLostWhileAWaypointIsWrittenCostsNothing() throws IOException {
    System.setProperty(IMPLEMENTATION, ObservedHdfs.class.getName());
    System.setProperty(UNCACHED, "true");
    System.setProperty(COPIES, "2");
    List<String> points =
        List.of(".*000000-[^/]*/model.safetensors", ".*000001-[^/]*/manifest.json");
    for (String point : points) {
      MiniDFSCluster.DataNodeProperties[] stopped = new MiniDFSCluster.DataNodeProperties[1];
      ObservedHdfs.during(point, () -> stopped[0] = cluster.stopDataNode(0));
      String store = "/paths/lost-" + points.indexOf(point);
      adapt(store).assertOk();
      assertTrue(ObservedHdfs.happened(), point);
      CommandLineRun.of("paths", "verify", place(store).toString()).assertOk();
      assertArrayEquals(undisturbed, network(store));
      assertTrue(cluster.restartDataNode(stopped[0], true));
      cluster.waitActive();
    }
    System.out.printf("data nodes lost: %d, 0 waypoints lost, 0 wrong results%n", points.size());
  }

  @Test
  void aWriteThatHdfsGivesUpIsOneLineAndTheNextRunGoesOn() throws IOException {
    System.setProperty(IMPLEMENTATION, ObservedHdfs.class.getName());
    System.setProperty(UNCACHED, "true");
    // With this many copies asked for, HDFS does not go on with one node.
    System.setProperty(COPIES, "3");
    MiniDFSCluster.DataNodeProperties[] stopped = new MiniDFSCluster.DataNodeProperties[1];
    ObservedHdfs.during(
        ".*000001-[^/]*/model.safetensors", () -> stopped[0] = cluster.stopDataNode(0));
    CommandLineRun failed = adapt("/paths/given-up");
    assertTrue(ObservedHdfs.happened());
    assertEquals(74, failed.exitCode(), failed.err());
    assertEquals(1, failed.err().lines().count(), failed.err());
    assertTrue(failed.err().contains("waypoint 1 cannot be written"), failed.err());
    assertTrue(cluster.restartDataNode(stopped[0], true));
    cluster.waitActive();
    adapt("/paths/given-up").assertOk();
    assertArrayEquals(undisturbed, network("/paths/given-up"));
  }

  @Test
  void aStoreHasTheModesOfTheUmask() throws IOException {
    System.setProperty(UMASK, "027");
    System.setProperty(UNCACHED, "true");
    adapt("/paths/masked").assertOk();
    TreeSet<String> modes = new TreeSet<>();
    RemoteIterator<LocatedFileStatus> all = files.listFiles(place("/paths/masked"), true);
    while (all.hasNext()) {
      modes.add(all.next().getPermission().toString());
    }
    for (FileStatus status : files.listStatus(place("/paths/masked"))) {
      modes.add(status.isDirectory() ? "d" + status.getPermission() : "");
    }
    modes.remove("");
    assertEquals(List.of("drwxr-x---", "rw-r-----"), List.copyOf(modes));
  }

  @Test
  void whatMayNotBeWrittenOrReadIsOneLineAndNothingIsLeft() throws IOException {
    files.mkdirs(new Path("/closed"), new FsPermission("755"));
    assertDenied(asAlice(() -> adapt("/closed/path")));
    assertEquals(0, files.listStatus(new Path("/closed")).length);
    SampleNetwork.random().save(HadoopFolder.of(files.getConf(), place("/hidden")));
    files.setPermission(new Path("/hidden"), new FsPermission("700"));
    assertDenied(asAlice(() -> adapt("/alice/path", "network=" + place("/hidden"))));
    assertDenied(asAlice(() -> adapt("/alice/path", "keep.0.path=" + place("/hidden/x"))));
    assertEquals(0, files.listStatus(new Path("/alice")).length);
    asAlice(() -> adapt("/alice/path")).assertOk();
  }

  private static CommandLineRun asAlice(PrivilegedAction<CommandLineRun> action) {
    return ALICE.doAs(action);
  }

  private static void assertDenied(CommandLineRun run) {
    assertEquals(74, run.exitCode(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains("Permission denied"), run.err());
  }

  @Test
  void kerberosOfTheHadoopConfigurationIsHandedOnAsItIs() throws Exception {
    java.nio.file.Path settings = Files.createDirectories(temporary.resolve("conf"));
    Files.writeString(
        settings.resolve("core-site.xml"),
        """
        <configuration>
          <property>
            <name>hadoop.security.authentication</name>
            <value>kerberos</value>
          </property>
        </configuration>
        """);
    java.nio.file.Path realm =
        Files.writeString(
            settings.resolve("krb5.conf"), "[libdefaults]\n  default_realm = EXAMPLE.COM\n");
    assertEndsWithOneLine(74, "secure connections", settings, realm);
    assertEndsWithOneLine(78, "Kerberos realm", settings, settings.resolve("missing.conf"));
  }

  /** Runs a command in a process of its own, whose Hadoop has these settings. */
  private static void assertEndsWithOneLine(
      int expectedCode, String part, java.nio.file.Path settings, java.nio.file.Path kerberos)
      throws IOException, InterruptedException {
    java.nio.file.Path log = temporary.resolve("kerberos.log");
    List<String> command =
        List.of(
            java.nio.file.Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Djava.security.krb5.conf=" + kerberos,
            "-cp",
            settings + java.io.File.pathSeparator + System.getProperty("java.class.path"),
            Main.class.getName(),
            "paths",
            "show",
            place("/paths/whole").toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int exitCode = process.waitFor();
    String text = Files.readString(log);
    List<String> errors = text.lines().filter(line -> line.startsWith("error: ")).toList();
    assertEquals(1, errors.size(), text);
    assertTrue(errors.get(0).contains(part), text);
    assertEquals(expectedCode, exitCode, text);
    assertTrue(text.lines().noneMatch(line -> line.startsWith("\tat ")), text);
  }

  private static Path place(String path) {
    return files.makeQualified(new Path(path));
  }

  private static byte[] network(String store) throws IOException {
    try (var in = files.open(new Path(store + "/network/model.safetensors"))) {
      return in.readAllBytes();
    }
  }

  private static CommandLineRun adapt(String store, String... sets) {
    List<String> words = new ArrayList<>(List.of("adapt"));
    List<String> all =
        new ArrayList<>(
            List.of(
                "network=" + place("/net"),
                "output=" + place(store),
                "keep=[{path: 'builtin:digits', labels: [0, 1], limit: 8}]",
                "tasks=[{name: new, train: {path: 'builtin:digits', labels: [5, 6], limit: 8}}]",
                "path={steps: 1, batch: 4, anchorBatch: 4, checkpointEvery: 1, shards: 1}"));
    all.addAll(List.of(sets));
    all.forEach(set -> words.addAll(List.of("--set", set)));
    words.add("--json");
    return CommandLineRun.ofJob(words.toArray(String[]::new));
  }
}
