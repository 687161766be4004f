package org.fip.spark.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.spark.store.HadoopFolder;

/** Writes, reads and deletes a small file in a folder, and the folder too when it was not there. */
final class StorageCheck {
  private static final byte[] CONTENT = {1, 2, 3, 4, 5, 6, 7, 8};

  private StorageCheck() {}

  static Check of(String text, Session session) {
    String name = "storage " + text;
    try {
      Path path = session.path("--path", text);
      FileSystem files = path.getFileSystem(session.hadoop());
      boolean existed = files.exists(path);
      try {
        exchange(new HadoopFolder(files, path), files, path);
      } finally {
        if (!existed) {
          files.delete(path, true);
        }
      }
      return Check.ok(name, "%s can be written and read", path);
    } catch (IOException | FipException e) {
      return Check.failed(
          name, Failure.of(e).line(), "check address, rights and space, or use another folder");
    }
  }

  private static void exchange(HadoopFolder folder, FileSystem files, Path path)
      throws IOException {
    String name = ".fip-doctor-" + UUID.randomUUID();
    try {
      try (OutputStream out = folder.create(name)) {
        out.write(CONTENT);
      }
      try (InputStream in = folder.open(name)) {
        if (!Arrays.equals(in.readAllBytes(), CONTENT)) {
          throw new IOException("a file reads back other bytes than were written");
        }
      }
    } finally {
      files.delete(new Path(path, name), false);
    }
  }
}
