package org.fip.spark.store;

import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.function.LongPredicate;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A file system that counts the operations that change it, the first being 1, and fails those it is
 * told to. Syncing counts but only flushes, so that hundreds of paths can be walked.
 */
public class FaultyFileSystem extends FilterFileSystem {

  /** How a failing operation fails. */
  public enum Fault {
    /** It does nothing and throws. */
    THROW,
    /** It is done and throws all the same: the answer was lost. Writes are half done. */
    LOSE_THE_ANSWER,
    /** Renames, deletions and new folders do nothing and return false, the others throw. */
    RETURN_FALSE
  }

  /** Something to run before each operation. */
  public interface Observer {
    void beforeOperation() throws IOException;
  }

  private final Fault fault;
  private final LongPredicate failing;
  private Observer observer = () -> {};
  private long operations;
  private boolean failed;

  public FaultyFileSystem(FileSystem fileSystem, Fault fault, LongPredicate failing) {
    super(fileSystem);
    this.fault = fault;
    this.failing = failing;
  }

  public void observe(Observer newObserver) {
    observer = newObserver;
  }

  /** The number of changing operations so far. */
  public long operations() {
    return operations;
  }

  /** Whether any operation was made to fail. */
  public boolean failed() {
    return failed;
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
    return counted(file, flags.contains(CreateFlag.OVERWRITE));
  }

  private FSDataOutputStream counted(Path file, boolean overwrite) throws IOException {
    Creation creation = () -> fs.create(file, overwrite);
    before(() -> creation.apply().close());
    return new FSDataOutputStream(new FaultyStream(creation.apply()), null);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return counted(file, overwrite);
  }

  @Override
  public boolean mkdirs(Path folder) throws IOException {
    return change(() -> fs.mkdirs(folder));
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    return change(() -> fs.rename(from, to));
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    return change(() -> fs.delete(path, recursive));
  }

  private boolean change(Change change) throws IOException {
    if (!next()) {
      return change.apply();
    }
    if (fault == Fault.RETURN_FALSE) {
      return false;
    }
    if (fault == Fault.LOSE_THE_ANSWER) {
      change.apply();
    }
    throw failure();
  }

  private void before(Action lost) throws IOException {
    if (next()) {
      if (fault == Fault.LOSE_THE_ANSWER) {
        lost.apply();
      }
      throw failure();
    }
  }

  private boolean next() throws IOException {
    observer.beforeOperation();
    operations++;
    boolean fails = failing.test(operations);
    failed |= fails;
    return fails;
  }

  private IOException failure() {
    return new IOException("No space left on device (operation " + operations + ")");
  }

  private interface Creation {
    FSDataOutputStream apply() throws IOException;
  }

  private interface Change {
    boolean apply() throws IOException;
  }

  private interface Action {
    void apply() throws IOException;
  }

  private final class FaultyStream extends OutputStream implements Syncable, StreamCapabilities {
    private final FSDataOutputStream out;

    FaultyStream(FSDataOutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      before(() -> out.write(bytes, offset, length / 2));
      out.write(bytes, offset, length);
    }

    @Override
    public void hflush() throws IOException {
      before(out::hflush);
      out.hflush();
    }

    @Override
    public void hsync() throws IOException {
      before(out::hflush);
      out.hflush();
    }

    @Override
    public boolean hasCapability(String capability) {
      return out.hasCapability(capability);
    }

    @Override
    public void close() throws IOException {
      try (out) {
        before(out::hflush);
      }
    }
  }
}
