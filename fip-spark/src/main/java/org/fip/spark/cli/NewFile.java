package org.fip.spark.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.spark.store.DocumentFolder;
import org.fip.spark.store.FileFiller;
import org.fip.spark.store.HadoopFolder;

/** The file that an option names; it appears as a whole, in place of one that is there. */
final class NewFile {
  private NewFile() {}

  /**
   * Writes the file.
   *
   * @throws org.fip.core.FipException STORAGE when that fails; a file that was there before stays
   */
  static void write(Path target, Configuration configuration, FileFiller filler) {
    if (hasToStay(target)) {
      try (OutputStream out =
          HadoopFolder.of(configuration, target.getParent()).create(target.getName())) {
        filler.fill(out);
      } catch (IOException e) {
        throw Storage.unwritable(e, target);
      }
      return;
    }
    new DocumentFolder(configuration, target.getParent()).writeFile(target.getName(), filler);
  }

  /**
   * Whether it is a device or a link on the local disk, such as /dev/null: written, not replaced.
   */
  private static boolean hasToStay(Path target) {
    if (!"file".equals(target.toUri().getScheme())) {
      return false;
    }
    java.nio.file.Path local = java.nio.file.Path.of(target.toUri().getPath());
    return Files.exists(local, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(local, LinkOption.NOFOLLOW_LINKS)
        && !Files.isDirectory(local);
  }
}
