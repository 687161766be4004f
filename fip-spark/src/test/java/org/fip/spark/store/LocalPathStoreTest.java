package org.fip.spark.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.io.TempDir;

/** The path store on the local file system that Hadoop gives by default, the checksummed one. */
final class LocalPathStoreTest extends PathStoreContract {
  @TempDir java.nio.file.Path temporary;

  @Override
  FileSystem fileSystem() {
    try {
      return FileSystem.getLocal(new Configuration());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  Path root() {
    return new Path(temporary.resolve("a folder/path").toUri());
  }
}
