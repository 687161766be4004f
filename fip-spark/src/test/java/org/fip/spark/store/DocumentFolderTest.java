package org.fip.spark.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Single files, on the local disk and on HDFS. */
class DocumentFolderTest {
  private static final Configuration CONFIGURATION = new Configuration();

  @TempDir static java.nio.file.Path temporary;
  private static MiniDFSCluster cluster;
  private static int count;

  @BeforeAll
  static void startCluster() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, temporary.resolve("hdfs").toString());
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stopCluster() {
    cluster.shutdown();
  }

  static List<Path> roots() {
    count++;
    return List.of(
        new Path(temporary.resolve("local-" + count).toUri().toString()),
        new Path(cluster.getURI().toString() + "/documents-" + count));
  }

  private static ObjectNode document(int value) {
    return JsonNodeFactory.instance.objectNode().put("value", value);
  }

  private static int value(DocumentFolder folder, String name) {
    return folder.read(name).orElseThrow().path("value").asInt();
  }

  private static FileSystem fileSystem(Path root) throws IOException {
    return root.getFileSystem(CONFIGURATION);
  }

  @ParameterizedTest
  @MethodSource("roots")
  void aDocumentIsReplacedAsAWhole(Path root) throws IOException {
    DocumentFolder folder = new DocumentFolder(CONFIGURATION, root);
    assertTrue(folder.documents().isEmpty());
    assertTrue(folder.read("a").isEmpty());
    folder.write("a", document(1));
    folder.write("b", document(2));
    folder.write("a", document(3));
    assertEquals(List.of("a", "b"), folder.documents());
    assertEquals(3, value(folder, "a"));
    for (FileStatus file : fileSystem(root).listStatus(root)) {
      assertTrue(file.getPath().getName().matches("[ab]\\.json"), file.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("roots")
  void aReaderKeepsTheFileThatItHasOpened(Path root) throws IOException {
    DocumentFolder folder = new DocumentFolder(CONFIGURATION, root);
    byte[] first = {1, 2, 3};
    folder.writeFile("table", first);
    try (InputStream in = fileSystem(root).open(folder.at("table"))) {
      folder.writeFile("table", new byte[] {4});
      assertArrayEquals(first, in.readAllBytes());
    }
    try (InputStream in = fileSystem(root).open(folder.at("table"))) {
      assertArrayEquals(new byte[] {4}, in.readAllBytes());
    }
  }

  @ParameterizedTest
  @MethodSource("roots")
  void damageAndWhatADeadWriterLeftAreFound(Path root) throws IOException {
    DocumentFolder folder = new DocumentFolder(CONFIGURATION, root);
    folder.write("a", document(1));
    Path left = folder.at(".tmp-a.json-01234567-89ab-cdef-0123-456789abcdef");
    try (OutputStream out = fileSystem(root).create(left)) {
      out.write(7);
    }
    assertEquals(List.of("a"), folder.documents());
    folder.recover();
    assertEquals(1, fileSystem(root).listStatus(root).length);
    try (OutputStream out = new DurableFiles(fileSystem(root)).create(folder.at("a.json"))) {
      out.write("{\"formatVersion\": 1, \"value\": 2}".getBytes(StandardCharsets.UTF_8));
    }
    FipException damage = assertThrows(FipException.class, () -> folder.read("a"));
    assertEquals(Category.DATA, damage.category());
    folder.write("a", document(5));
    assertEquals(5, value(folder, "a"));
  }

  @Test
  void aFolderThatCannotBeMadeIsAStorageFailure() throws IOException {
    java.nio.file.Path file = Files.writeString(temporary.resolve("file"), "not a folder");
    DocumentFolder folder =
        new DocumentFolder(CONFIGURATION, new Path(file.resolve("x").toUri().toString()));
    FipException failure = assertThrows(FipException.class, () -> folder.write("a", document(1)));
    assertEquals(Category.STORAGE, failure.category());
  }
}
