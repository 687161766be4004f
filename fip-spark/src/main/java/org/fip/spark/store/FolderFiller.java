package org.fip.spark.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.fip.core.storage.Folder;

/** Writes the files of a folder that is then committed as a whole. */
@FunctionalInterface
public interface FolderFiller {

  /** Writes all files and closes them. */
  void fill(Folder folder) throws IOException;

  /** Copies every file of {@code source} byte by byte. */
  static FolderFiller copyOf(Folder source) {
    return target -> {
      for (String name : source.names()) {
        if (!name.equals(Manifest.NETWORK_FILE)) {
          try (InputStream in = source.open(name);
              OutputStream out = target.create(name)) {
            in.transferTo(out);
          }
        }
      }
    };
  }
}
