package org.fip.spark.data;

import java.io.FilterInputStream;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.fip.spark.files.Roots;

/**
 * A file as Parquet reads it, which remembers when storage failed. Parquet's reader throws the same
 * exceptions for a damaged file as for a failing disk or network, and users must do different
 * things about them.
 */
final class ParquetInput implements InputFile {

  private final FileSystem fileSystem;
  private final Path file;
  private final long length;
  private IOException failure;

  ParquetInput(Path file, Configuration configuration) throws IOException {
    this.file = file;
    fileSystem = Roots.fileSystem(file, configuration);
    length = fileSystem.getFileStatus(file).getLen();
  }

  /** Throws what storage failed with, if it did. */
  void checkStorage() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public long getLength() {
    return length;
  }

  @Override
  public SeekableInputStream newStream() throws IOException {
    try {
      FSDataInputStream stream = fileSystem.open(file);
      return new Positioned(stream, new Watched(stream));
    } catch (IOException e) {
      throw remembered(e);
    }
  }

  private IOException remembered(IOException e) {
    failure = e;
    return e;
  }

  /** Reads through {@link Watched} and seeks in the stream below it. */
  private final class Positioned extends DelegatingSeekableInputStream {

    private final FSDataInputStream stream;

    Positioned(FSDataInputStream stream, Watched watched) {
      super(watched);
      this.stream = stream;
    }

    @Override
    public long getPos() throws IOException {
      return stream.getPos();
    }

    @Override
    public void seek(long position) throws IOException {
      try {
        stream.seek(Math.min(position, length));
      } catch (IOException e) {
        throw remembered(e);
      }
    }
  }

  /** Notices failing reads. */
  private final class Watched extends FilterInputStream {

    Watched(FSDataInputStream stream) {
      super(stream);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException e) {
        throw remembered(e);
      }
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
      try {
        return super.read(target, offset, count);
      } catch (IOException e) {
        throw remembered(e);
      }
    }
  }
}
