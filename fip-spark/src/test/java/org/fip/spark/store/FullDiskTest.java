package org.fip.spark.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Hadoop's local file system does on a full disk: it throws an error that is no exception. */
class FullDiskTest {
  @TempDir private Path temporary;

  /** Has no space for the content of any file. */
  private static final class FullFileSystem extends FilterFileSystem {
    FullFileSystem(FileSystem files) {
      super(files);
    }

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path file,
        FsPermission permission,
        java.util.EnumSet<org.apache.hadoop.fs.CreateFlag> flags,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress,
        org.apache.hadoop.fs.Options.ChecksumOpt checksum)
        throws IOException {
      return full();
    }

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path file,
        FsPermission permission,
        java.util.EnumSet<org.apache.hadoop.fs.CreateFlag> flags,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      return full();
    }

    /** Only the file system itself can make one in the ordinary way. */
    private static FSError noSpace() {
      try {
        Constructor<FSError> constructor = FSError.class.getDeclaredConstructor(Throwable.class);
        constructor.setAccessible(true);
        return constructor.newInstance(new IOException("No space left on device"));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("FSError has another constructor", e);
      }
    }

    private static FSDataOutputStream full() throws IOException {
      return new FSDataOutputStream(
          new OutputStream() {
            @Override
            public void write(int value) {
              throw noSpace();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
              throw noSpace();
            }
          },
          null);
    }
  }

  @Test
  void aFullDiskFailsAsAnyOtherWrite() throws IOException {
    RawLocalFileSystem local = new RawLocalFileSystem();
    local.initialize(java.net.URI.create("file:///"), new Configuration());
    HadoopFolder folder =
        new HadoopFolder(
            new FullFileSystem(local),
            new org.apache.hadoop.fs.Path(temporary.resolve("folder").toUri()));
    IOException failure =
        assertThrows(
            IOException.class,
            () -> {
              try (OutputStream out = folder.create("file")) {
                out.write(new byte[1 << 20]);
              }
            });
    assertEquals("No space left on device", failure.getMessage());
    assertTrue(failure.getSuppressed().length <= 1);
  }
}
