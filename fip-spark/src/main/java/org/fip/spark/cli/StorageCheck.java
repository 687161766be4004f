package org.fip.spark.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.spark.files.Roots;
import org.fip.spark.store.HadoopFolder;

/**
 * A folder that is written and read. A small file stays in it until this is closed, so that others
 * can say whether they see it; the folder goes as well when it was not there before.
 */
final class StorageCheck implements AutoCloseable {
  private static final byte[] CONTENT = {1, 2, 3, 4, 5, 6, 7, 8};
  private static final String ADVICE = "check address, rights and space, or use another folder";

  private final Check result;
  private Path marker;
  private FileSystem files;
  private boolean existed = true;

  /** Writes and reads a file in the folder. */
  StorageCheck(String text, Session session) {
    result = check(text, session);
  }

  private Check check(String text, Session session) {
    String name = "storage " + text;
    try {
      Path path = session.path("--path", text);
      files = Roots.fileSystem(path, session.hadoop());
      existed = files.exists(path);
      marker = fileIn(path);
      write(marker, files);
      read(marker, files);
      return Check.ok(name, "%s can be written and read", path);
    } catch (IOException | FipException e) {
      return Check.failed(name, Failure.of(e).line(), ADVICE);
    }
  }

  /** What was found. */
  Check result() {
    return result;
  }

  /** The file that others should see. */
  Path marker() {
    return marker;
  }

  /** Reads the file that another process has left, and writes, reads and deletes one beside it. */
  static Check beside(Path marker, Configuration configuration) {
    String name = "storage " + marker.getParent();
    try {
      FileSystem files = Roots.fileSystem(marker, configuration);
      try {
        read(marker, files);
      } catch (FileNotFoundException e) {
        return Check.failed(
            name,
            "a file that the driver has written is not there",
            "use a file system that all machines see");
      }
      Path own = fileIn(marker.getParent());
      try {
        write(own, files);
        read(own, files);
      } finally {
        files.delete(own, false);
      }
      return Check.ok(name, "can be written and read");
    } catch (IOException | RuntimeException e) {
      return Check.failed(name, Failure.of(e).line(), ADVICE);
    }
  }

  private static Path fileIn(Path folder) {
    return new Path(folder, ".fip-doctor-" + UUID.randomUUID());
  }

  private static void write(Path file, FileSystem files) throws IOException {
    try (OutputStream out = new HadoopFolder(files, file.getParent()).create(file.getName())) {
      out.write(CONTENT);
    }
  }

  private static void read(Path file, FileSystem files) throws IOException {
    try (InputStream in = files.open(file)) {
      if (!Arrays.equals(in.readAllBytes(), CONTENT)) {
        throw new IOException("a file reads back other bytes than were written");
      }
    }
  }

  /** Removes the file, and the folder when it was not there. */
  @Override
  public void close() {
    try {
      if (marker != null) {
        files.delete(marker, false);
        if (!existed) {
          // Others may have begun to use it, and then it stays.
          files.delete(marker.getParent(), false);
        }
      }
    } catch (IOException e) {
      // What was found about the folder says more.
    }
  }
}
