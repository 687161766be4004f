package org.fip.spark.importing;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/**
 * A file of a source, packed when its name says so.
 *
 * @param files where it is
 * @param path its path there
 */
record SourceFile(FileSystem files, Path path) {
  private static final int BUFFER = 1 << 16;
  private static final String PACKED = ".gz";

  InputStream open() throws IOException {
    InputStream in = new BufferedInputStream(files.open(path), BUFFER);
    if (!path.getName().endsWith(PACKED)) {
      return in;
    }
    try {
      return new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** What a failure to read the file means to a user. */
  FipException failure(IOException e) {
    return failure(path, e);
  }

  static FipException failure(Path path, IOException e) {
    if (e instanceof ZipException || e instanceof EOFException) {
      return new FipException(
          Category.DATA,
          path + " is no sound gzip file (" + firstLine(e) + "); fetch the file again",
          e);
    }
    if (e instanceof FileNotFoundException) {
      return new FipException(
          Category.NOT_FOUND, path + " went away while it was read; start again", e);
    }
    return FipException.storage(
        e, "%s cannot be read (%s); check the file system", path, firstLine(e));
  }

  static String firstLine(Exception e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    return message.lines().findFirst().orElse(e.getClass().getSimpleName());
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
