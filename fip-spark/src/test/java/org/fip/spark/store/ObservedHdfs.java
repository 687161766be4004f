package org.fip.spark.store;

import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.util.Progressable;

/** HDFS with something that happens once, while a file is written: it has reached the nodes. */
public final class ObservedHdfs extends DistributedFileSystem {
  private static String suffix;
  private static Runnable event;

  /** Runs once in the middle of writing the first file whose path so ends. */
  public static void during(String path, Runnable happening) {
    suffix = path;
    event = happening;
  }

  /** Whether it has happened. */
  public static boolean happened() {
    return event == null;
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      EnumSet<CreateFlag> flags,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress,
      Options.ChecksumOpt checksum)
      throws IOException {
    FSDataOutputStream out =
        super.create(
            file, permission, flags, bufferSize, replication, blockSize, progress, checksum);
    return event != null && file.toString().matches(suffix)
        ? new FSDataOutputStream(new Observed(out), null)
        : out;
  }

  private static final class Observed extends OutputStream implements Syncable, StreamCapabilities {
    private final FSDataOutputStream out;

    Observed(FSDataOutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length / 2);
      if (event != null) {
        out.hflush();
        Runnable now = event;
        event = null;
        now.run();
      }
      out.write(bytes, offset + length / 2, length - length / 2);
    }

    @Override
    public void hflush() throws IOException {
      out.hflush();
    }

    @Override
    public void hsync() throws IOException {
      out.hsync();
    }

    @Override
    public boolean hasCapability(String capability) {
      return out.hasCapability(capability);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
