package org.fip.spark.store;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.storage.RandomAccessReader;

/** Positioned reads from a file of a Hadoop file system, fast when they follow each other. */
final class HadoopFile implements RandomAccessReader {
  private final long size;
  private final FSDataInputStream in;

  HadoopFile(FileSystem fileSystem, Path path) throws IOException {
    this.size = fileSystem.getFileStatus(path).getLen();
    this.in = fileSystem.open(path);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) throws IOException {
    if (in.getPos() != position) {
      in.seek(position);
    }
    in.readFully(target, offset, length);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
