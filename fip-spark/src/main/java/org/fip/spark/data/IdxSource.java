package org.fip.spark.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.IdxReader;
import org.fip.core.data.ImageShape;

/** A pair of idx files as MNIST has them: grey images and labels. */
final class IdxSource implements RecordSource {

  private static final int BUFFER = 1 << 16;

  private final FileSystem fileSystem;
  private final Path imagesFile;
  private final Path labelsFile;
  private int[] labels;

  IdxSource(FileSystem fileSystem, Path imagesFile, Path labelsFile) {
    this.fileSystem = fileSystem;
    this.imagesFile = imagesFile;
    this.labelsFile = labelsFile;
  }

  static String imagesName(String split) {
    return prefix(split) + "-images-idx3-ubyte";
  }

  static String labelsName(String split) {
    return prefix(split) + "-labels-idx1-ubyte";
  }

  private static String prefix(String split) {
    return split.equals(DataSelector.TEST) ? "t10k" : split;
  }

  @Override
  public int count() throws IOException {
    return labels().length;
  }

  @Override
  public int[] labels() throws IOException {
    if (labels == null) {
      try (InputStream in = open(labelsFile)) {
        labels = IdxReader.open(in, 1, labelsFile.toString()).readLabels();
      }
    }
    return labels;
  }

  @Override
  public EncodedExamples read(int[] rows, int[] newLabels) throws IOException {
    String location = imagesFile.toString();
    try (InputStream in = open(imagesFile)) {
      IdxReader reader = IdxReader.open(in, 3, location);
      IdxReader.checkSameCount(location, reader.count(), labelsFile.toString(), count());
      int[] dimensions = reader.dimensions();
      ImageShape shape = new ImageShape(1, dimensions[1], dimensions[2]);
      byte[][] pixels = reader.readRecords(rows);
      return EncodedExamples.pixels(shape, pixels, newLabels, rows, location);
    }
  }

  private InputStream open(Path file) throws IOException {
    InputStream in = fileSystem.open(file, BUFFER);
    if (!file.getName().endsWith(".gz")) {
      return in;
    }
    try {
      return new GZIPInputStream(in, BUFFER);
    } catch (IOException e) {
      in.close();
      throw new FipException(
          FipException.Category.DATA,
          file + " is no sound gzip file (" + DataSets.firstLine(e) + "); fetch the file again",
          e);
    }
  }
}
