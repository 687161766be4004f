package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.fip.core.data.EncodedExamples;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An import from HDFS to HDFS. */
class ImportHdfsTest {
  @TempDir private java.nio.file.Path folder;

  @Test
  void imagesAreImportedWithinHdfs() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    try (MiniDFSCluster cluster =
            new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
        FileSystem files = cluster.getFileSystem()) {
      for (int i = 0; i < 6; i++) {
        try (OutputStream out =
            files.create(new Path("/photos/" + (i % 2 == 0 ? "cat" : "dog") + "/" + i + ".png"))) {
          BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
          image.setRGB(1, 1, i);
          ImageIO.write(image, "png", out);
        }
      }
      String source = files.makeQualified(new Path("/photos")).toString();
      String out = files.makeQualified(new Path("/data")).toString();
      for (String force : List.of("--json", "--force")) {
        CommandLineRun.of("import", source, "--out", out, "--test-fraction", "0.34", force)
            .assertOk();
      }
      EncodedExamples train = DataSets.read(DataSelector.of(out, "train"), configuration);
      EncodedExamples test = DataSets.read(DataSelector.of(out, "test"), configuration);
      assertArrayEquals(new int[] {0, 0, 1, 1}, train.labels());
      assertArrayEquals(new int[] {0, 1}, test.labels());
      List<String> left =
          Arrays.stream(files.listStatus(new Path("/")))
              .map(status -> status.getPath().getName())
              .toList();
      assertEquals(List.of("data", "photos"), left);
    }
  }
}
