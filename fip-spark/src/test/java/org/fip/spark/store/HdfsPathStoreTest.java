package org.fip.spark.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The path store on HDFS. */
final class HdfsPathStoreTest extends PathStoreContract {
  private static final AtomicInteger COUNT = new AtomicInteger();

  @TempDir static java.nio.file.Path temporary;
  private static MiniDFSCluster cluster;
  private Path root;

  @BeforeAll
  static void startCluster() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, temporary.toString());
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stopCluster() {
    cluster.shutdown();
  }

  @BeforeEach
  void nameRoot() {
    root = new Path("/paths/" + COUNT.incrementAndGet());
  }

  @Override
  FileSystem fileSystem() {
    try {
      return cluster.getFileSystem();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  Path root() {
    return root;
  }

  @Test
  void storeIsFoundThroughItsUriByAClientOfItsOwn() throws IOException {
    Path path = fileSystem().makeQualified(root);
    Configuration configuration = new Configuration();
    configuration.setBoolean("fs.hdfs.impl.disable.cache", true);
    SamplePath.walk(
        PathStore.createOrResume(configuration, path, SamplePath.description(), key -> false), 1);
    PathStore reader = PathStore.open(configuration, path);
    SamplePath.assertIsWaypoint(1, reader.newest().orElseThrow());
    assertEquals(path.toString(), reader.location());
  }

  @Test
  void fileThatADeadWriterStillHoldsOpenIsCleared() throws IOException {
    PathStore store =
        PathStore.createOrResume(fileSystem(), root, SamplePath.description(), key -> false);
    SamplePath.walk(store, 1);
    Path left = new Path(root, "waypoints/.tmp-000002-01234567-89ab-cdef-0123-456789abcdef/x");
    try (FileSystem writer = FileSystem.newInstance(fileSystem().getUri(), fileSystem().getConf());
        OutputStream open = writer.create(left)) {
      open.write(1);
      PathStore next =
          PathStore.createOrResume(fileSystem(), root, SamplePath.description(), key -> false);
      assertEquals(2, fileSystem().listStatus(new Path(root, "waypoints")).length);
      SamplePath.walk(next, 2);
      SamplePath.assertIsWaypoint(2, next.newest().orElseThrow());
    } catch (IOException e) {
      // The deleted file cannot be closed.
      assertEquals(3, fileSystem().listStatus(new Path(root, "waypoints")).length);
    }
  }
}
