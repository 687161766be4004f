package org.fip.spark.data;

import static org.fip.core.FipException.Category.NOT_FOUND;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.fip.core.data.EncodedExamples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same files from HDFS. */
class DataSetsHdfsTest {

  @TempDir java.nio.file.Path folder;

  @Test
  void idxAndParquetAreReadFromHdfs() throws IOException {
    java.nio.file.Path data = Files.createDirectory(folder.resolve("data"));
    DataFiles.idxPair(data, "train", ".gz", 3, 1, 4, 1, 5);
    DataFiles.texts(data.resolve("test.parquet"), 0, 250);
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    try (MiniDFSCluster cluster =
            new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
        FileSystem fileSystem = cluster.getFileSystem()) {
      fileSystem.copyFromLocalFile(new Path(data.toString()), new Path("/data"));
      String path = fileSystem.makeQualified(new Path("/data")).toString();
      DataSelector train = DataSelector.of(path, "train").withLabels(List.of(1, 5));
      assertArrayEquals(new int[] {1, 3, 4}, DataSets.read(train, configuration).rows());
      DataSelector test = DataSelector.of(path, "test").withLimit(10, 0);
      EncodedExamples texts = DataSets.read(test, configuration);
      assertEquals(10, texts.size());
      assertEquals("text " + texts.rows()[9], DataFiles.text(texts, 9));
      DataFiles.assertFails(
          NOT_FOUND,
          path + "/other does not exist",
          () -> DataSets.read(DataSelector.of(path + "/other", "test"), configuration));
    }
  }
}
