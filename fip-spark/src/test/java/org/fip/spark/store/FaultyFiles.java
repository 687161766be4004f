package org.fip.spark.store;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.fip.spark.store.FaultyFileSystem.Fault;

/**
 * The local file system under a scheme of its own, as Hadoop makes it from Spark's settings, going
 * through whatever a test puts in between.
 */
public final class FaultyFiles extends FilterFileSystem {
  private static final String SCHEME = "faulty";
  private static final String CLASS = "spark.hadoop.fs." + SCHEME + ".impl";
  private static final String UNCACHED = CLASS + ".disable.cache";

  private static FileSystem current;

  /** Made by Hadoop. */
  public FaultyFiles() {
    super(current);
  }

  /** Whoever asks for this scheme by Spark's settings gets files that do not fail. */
  public static void useHealthy() {
    use(new FaultyFileSystem(healthy(), Fault.THROW, operation -> false));
  }

  /** Whoever asks for this scheme by Spark's settings gets these files until the end. */
  public static void use(FaultyFileSystem files) {
    current = files;
    System.setProperty(CLASS, FaultyFiles.class.getName());
    System.setProperty(UNCACHED, "true");
  }

  /** Ends what {@link #use} began. */
  public static void useNone() {
    current = null;
    System.clearProperty(CLASS);
    System.clearProperty(UNCACHED);
  }

  /** Files that do not fail. */
  public static FileSystem healthy() {
    try {
      FileSystem files = new LocalFiles();
      files.initialize(URI.create(SCHEME + ":///"), new Configuration());
      return files;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Where a local file is under this scheme. */
  public static Path path(java.nio.file.Path file) {
    return new Path(SCHEME, null, file.toString());
  }

  @Override
  public void initialize(URI name, Configuration configuration) {
    setConf(configuration);
  }

  @Override
  public void close() {}

  private static final class LocalFiles extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create(SCHEME + ":///");
    }

    /** Without its native library Hadoop starts a chmod for each file, thousands of them here. */
    @Override
    public void setPermission(Path path, FsPermission permission) {}
  }
}
