package org.fip.spark.store;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException;
import org.apache.hadoop.ipc.RemoteException;
import org.fip.spark.files.Roots;

/**
 * A Hadoop file system used so that what was written outlives a crash: streams are synced when
 * closed, directory entries of the local disk too, and an operation that reports failure by {@code
 * false} throws.
 *
 * <p>Of the local file system the raw one is used. The checksummed one writes its {@code .crc}
 * files and data without ever syncing them, since its streams have no {@code hsync}, and a {@code
 * .crc} file left by an earlier file of the same name makes a good file unreadable. The store's own
 * SHA-256 replaces those checksums.
 */
final class DurableFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  private final FileSystem fileSystem;
  private final boolean local;
  private final Guard guard;

  /** Is asked before anything is put in place. */
  @FunctionalInterface
  interface Guard {
    /** Returns when this process may still write. */
    void check() throws IOException;
  }

  DurableFiles(FileSystem fileSystem) {
    this(
        fileSystem instanceof LocalFileSystem checksummed ? checksummed.getRaw() : fileSystem,
        () -> {});
  }

  private DurableFiles(FileSystem fileSystem, Guard guard) {
    this.fileSystem = fileSystem;
    this.local = "file".equals(fileSystem.getUri().getScheme());
    this.guard = guard;
  }

  /** The same files, where nothing is renamed unless the guard lets it. */
  DurableFiles guardedBy(Guard asked) {
    return new DurableFiles(fileSystem, asked);
  }

  /** The file system that {@code path} names. */
  static DurableFiles of(Configuration configuration, Path path) {
    try {
      return new DurableFiles(Roots.fileSystem(path, configuration));
    } catch (IOException | IllegalArgumentException e) {
      // An unknown host comes as IllegalArgumentException.
      throw Failures.storage(e, path, "cannot reach the file system");
    }
  }

  Path qualify(Path path) {
    return fileSystem.makeQualified(path);
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  boolean exists(Path path) throws IOException {
    return fileSystem.exists(path);
  }

  /** The entries of a folder in no order; none when it does not exist. */
  List<FileStatus> list(Path folder) throws IOException {
    try {
      return Arrays.asList(fileSystem.listStatus(folder));
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  /**
   * Creates or replaces a file; closing the stream syncs it. Every block of it is to reach the
   * disks, not only the one that the final sync meets.
   */
  OutputStream create(Path file) throws IOException {
    FSDataOutputStream out =
        fileSystem.create(
            file,
            FsPermission.getFileDefault(),
            EnumSet.of(CreateFlag.CREATE, CreateFlag.OVERWRITE, CreateFlag.SYNC_BLOCK),
            BUFFER_BYTES,
            fileSystem.getDefaultReplication(file),
            fileSystem.getDefaultBlockSize(file),
            null);
    return new SyncedOutputStream(out, file);
  }

  /**
   * Creates a file of this content unless there is one of its name; of several processes that try,
   * one succeeds. HDFS and local file systems hold to that, object stores may not.
   *
   * @throws FileAlreadyExistsException when there is one
   */
  void createNew(Path file, byte[] content) throws IOException {
    if (local) {
      createNewLocally(file, content);
      return;
    }
    try {
      write(fileSystem.create(file, false), file, content);
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      throw exists(file, e);
    } catch (RemoteException e) {
      // HDFS says so of a file that another client has created and not closed yet.
      if (e.getClassName().equals(AlreadyBeingCreatedException.class.getName())) {
        throw exists(file, e);
      }
      throw e;
    }
  }

  private static FileAlreadyExistsException exists(Path file, IOException cause) {
    FileAlreadyExistsException exists = new FileAlreadyExistsException(file.toString());
    exists.initCause(cause);
    return exists;
  }

  /** Hadoop's own looks first and creates then. */
  private void createNewLocally(Path file, byte[] content) throws IOException {
    makeFolder(file.getParent());
    OutputStream out =
        Files.newOutputStream(
            localPath(file), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    write(out, file, content);
  }

  /** Writes a file that was created here, or deletes it. */
  private void write(OutputStream created, Path file, byte[] content) throws IOException {
    try (OutputStream out = created) {
      out.write(content);
    } catch (IOException e) {
      try {
        fileSystem.delete(file, false);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  void makeFolder(Path folder) throws IOException {
    if (!fileSystem.mkdirs(folder)) {
      throw new IOException("the file system did not make the folder " + folder);
    }
    syncDirectory(folder.getParent());
  }

  /**
   * Renames a file or folder to a name in the same parent that must be free: Hadoop would move a
   * folder into an existing one. What counts is where it is afterwards, not what was reported: a
   * client that asks again after a lost answer hears that there is nothing to rename.
   */
  void rename(Path from, Path to) throws IOException {
    guard.check();
    if (fileSystem.exists(to)) {
      throw new IOException("cannot rename " + from + ", there is already " + to);
    }
    boolean reported = fileSystem.rename(from, to);
    if (fileSystem.exists(from) || !fileSystem.exists(to)) {
      throw new IOException(
          "the file system did not rename %s to %s%s"
              .formatted(from, to, reported ? ", although it says so" : ""));
    }
    syncDirectory(to.getParent());
  }

  /** Renames a file over one that may be there, in one step. */
  void replace(Path from, Path to) throws IOException {
    guard.check();
    if (local) {
      Files.move(localPath(from), localPath(to), StandardCopyOption.ATOMIC_MOVE);
    } else {
      FileContext.getFileContext(fileSystem.getUri(), fileSystem.getConf())
          .rename(from, to, Options.Rename.OVERWRITE);
    }
    if (fileSystem.exists(from)) {
      throw new IOException("the file system did not rename " + from + " to " + to);
    }
    syncDirectory(to.getParent());
  }

  void delete(Path path) throws IOException {
    if (!fileSystem.delete(path, true) && fileSystem.exists(path)) {
      throw new IOException("the file system did not delete " + path);
    }
  }

  private void syncDirectory(Path directory) throws IOException {
    if (!local) {
      return;
    }
    try (FileChannel channel = FileChannel.open(localPath(directory), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static java.nio.file.Path localPath(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  /**
   * The local file system of Hadoop throws an error where a disk is full; here it fails as any
   * other write does.
   */
  private static final class FailingOutputStream extends FilterOutputStream {
    FailingOutputStream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (FSError e) {
        throw failure(e);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (FSError e) {
        throw failure(e);
      }
    }

    private static IOException failure(FSError e) {
      return e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  private final class SyncedOutputStream extends FilterOutputStream {
    private final FSDataOutputStream file;
    private final Path path;
    private boolean closed;

    SyncedOutputStream(FSDataOutputStream file, Path path) {
      super(new BufferedOutputStream(new FailingOutputStream(file), BUFFER_BYTES));
      this.file = file;
      this.path = path;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    /**
     * HDFS throws the same exception object from each call after the first that failed, which a
     * try-with-resources statement cannot suppress in itself; what is thrown here is another one.
     */
    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      IOException failure = sync();
      try {
        file.close();
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      }
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
      syncDirectory(path.getParent());
    }

    private IOException sync() {
      try {
        out.flush();
        // Object stores have no sync; there closing is what makes the file durable.
        if (file.hasCapability(StreamCapabilities.HSYNC)) {
          file.hsync();
        }
        return null;
      } catch (IOException e) {
        return e;
      }
    }
  }
}
