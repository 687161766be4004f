package org.fip.spark.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.storage.FileNames;
import org.fip.core.storage.Folder;
import org.fip.core.storage.RandomAccessReader;

/** A folder on any Hadoop file system. Closing a created file syncs it as far as possible there. */
public final class HadoopFolder implements Folder {
  private final DurableFiles files;
  private final Path root;

  /** A folder at {@code root}, which need not exist yet. */
  public HadoopFolder(FileSystem fileSystem, Path root) {
    this(new DurableFiles(fileSystem), root);
  }

  HadoopFolder(DurableFiles files, Path root) {
    this.files = files;
    this.root = files.qualify(root);
  }

  /**
   * The folder at {@code root}, on the file system that its scheme names.
   *
   * @throws org.fip.core.FipException with category STORAGE when that cannot be reached
   */
  public static HadoopFolder of(Configuration configuration, Path root) {
    return new HadoopFolder(DurableFiles.of(configuration, root), root);
  }

  @Override
  public String location() {
    return root.toString();
  }

  @Override
  public List<String> names() throws IOException {
    return files.list(root).stream()
        .filter(FileStatus::isFile)
        .map(status -> status.getPath().getName())
        .sorted()
        .toList();
  }

  @Override
  public boolean exists(String name) throws IOException {
    Path file = resolve(name);
    return files.exists(file) && files.fileSystem().getFileStatus(file).isFile();
  }

  @Override
  public RandomAccessReader openRandom(String name) throws IOException {
    return new HadoopFile(files.fileSystem(), resolve(name));
  }

  @Override
  public InputStream open(String name) throws IOException {
    return files.fileSystem().open(resolve(name));
  }

  @Override
  public OutputStream create(String name) throws IOException {
    return files.create(resolve(name));
  }

  /**
   * Whether the folder exists.
   *
   * @throws org.fip.core.FipException with category STORAGE when the file system fails
   */
  boolean isThere() {
    try {
      return files.exists(root);
    } catch (IOException e) {
      throw Failures.storage(e, root, "cannot be looked at");
    }
  }

  /** The path of a file in the folder. */
  Path resolve(String name) {
    return new Path(root, new Path(null, null, FileNames.check(name, location())));
  }
}
