package org.fip.spark.files;

import java.io.IOException;
import java.util.EnumSet;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A local file system that follows no link out of the roots. */
final class GuardedFileSystem extends FilterFileSystem {
  private final Roots roots;

  GuardedFileSystem(FileSystem files, Roots roots) {
    super(files);
    this.roots = roots;
  }

  private Path inside(Path path) throws IOException {
    roots.require("file", makeQualified(path));
    return path;
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    return super.open(inside(file), bufferSize);
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
    return super.create(
        inside(file), permission, flags, bufferSize, replication, blockSize, progress, checksum);
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
    return super.create(
        inside(file), permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FileStatus[] listStatus(Path folder) throws IOException {
    return super.listStatus(inside(folder));
  }

  @Override
  public boolean mkdirs(Path folder) throws IOException {
    return super.mkdirs(inside(folder));
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    return super.rename(inside(from), inside(to));
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    return super.delete(inside(path), recursive);
  }
}
