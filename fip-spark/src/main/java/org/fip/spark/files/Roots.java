package org.fip.spark.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/**
 * The folders that a run may read and write, given by {@value #SETTING} as Hadoop paths separated
 * by commas; without it, all. Links on a local disk count as what they point to, in the paths that
 * a recipe or an option names and in every file that is opened below them.
 *
 * <p>It guards against recipes, not against whoever starts the program, who may give another value
 * and has the rights of the process.
 */
public final class Roots {
  /** The setting of Spark, and of the Hadoop configuration that it is handed on in. */
  public static final String SETTING = "spark.fip.roots";

  private static final String LOCAL = "file";
  private static final Pattern PASSWORD = Pattern.compile("[^/]*://[^/]*:.*@.*", Pattern.DOTALL);

  private final String setting;
  private final List<Path> roots;

  private Roots(String setting, List<Path> roots) {
    this.setting = setting;
    this.roots = roots;
  }

  private static Roots of(Configuration configuration) throws IOException {
    String setting = configuration.get(SETTING);
    if (setting == null) {
      return null;
    }
    List<Path> roots = new ArrayList<>();
    try {
      for (String text : Arrays.stream(setting.split(",", -1)).map(String::strip).toList()) {
        Path root = new Path(text);
        // One that says everything itself may be on a file system that this run never asks for.
        roots.add(
            root.toUri().getAuthority() != null
                ? root
                : root.getFileSystem(configuration).makeQualified(root));
      }
    } catch (IllegalArgumentException e) {
      throw new FipException(
          Category.CONFIGURATION,
          "%s is '%s'; give Hadoop paths separated by commas, or leave it out"
              .formatted(SETTING, setting),
          e);
    }
    return new Roots(setting, roots);
  }

  /**
   * Refuses a path with a password in it, as in {@code ftp://user:password@host/}: paths are
   * written into stores and logs. The message does not repeat it.
   */
  public static void refusePassword(String name, String path) {
    if (PASSWORD.matcher(path).matches()) {
      throw FipException.data(
          "%s: the path holds a password; put it into the Hadoop configuration instead", name);
    }
  }

  /**
   * Returns a path, with its scheme, that lies in one of the folders.
   *
   * @param name what errors call it
   * @throws FipException DATA when it does not or its host is unknown, CONFIGURATION when the
   *     setting names no paths
   */
  public static Path require(String name, Path path, Configuration configuration)
      throws IOException {
    Path whole;
    try {
      whole = path.getFileSystem(configuration).makeQualified(path);
    } catch (IllegalArgumentException e) {
      // An unknown host comes so.
      throw new FipException(
          Category.DATA,
          "%s: %s is not a path that can be used: %s; correct it"
              .formatted(name, path, e.getMessage()),
          e);
    }
    Roots roots = of(configuration);
    if (roots != null) {
      roots.require(name, whole);
    }
    return whole;
  }

  /** The file system of a path, on which nothing outside of the folders is opened. */
  public static FileSystem fileSystem(Path path, Configuration configuration) throws IOException {
    FileSystem files = path.getFileSystem(configuration);
    Roots roots = of(configuration);
    if (roots == null || !isLocal(files.makeQualified(path))) {
      return files;
    }
    return new GuardedFileSystem(
        files instanceof LocalFileSystem checksummed ? checksummed.getRaw() : files, roots);
  }

  /** Checks a path that has its scheme. */
  void require(String name, Path path) throws IOException {
    for (Path root : roots) {
      if (isInside(path, root)) {
        return;
      }
    }
    throw FipException.data(
        "%s: %s is outside of what %s allows, which is %s; use a path in there",
        name, path, SETTING, setting);
  }

  private static boolean isInside(Path path, Path root) throws IOException {
    if (isLocal(path) || isLocal(root)) {
      return isLocal(path) && isLocal(root) && real(path).startsWith(real(root));
    }
    return same(path.toUri().getScheme(), root.toUri().getScheme())
        && same(path.toUri().getAuthority(), root.toUri().getAuthority())
        && plain(path).startsWith(plain(root));
  }

  private static boolean isLocal(Path path) {
    return LOCAL.equalsIgnoreCase(path.toUri().getScheme());
  }

  private static boolean same(String a, String b) {
    return a == null ? b == null : a.equalsIgnoreCase(b);
  }

  private static java.nio.file.Path plain(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath()).normalize();
  }

  /** Where a file is, or would be, when all links on the way are followed. */
  private static java.nio.file.Path real(Path path) throws IOException {
    java.nio.file.Path there = plain(path);
    java.nio.file.Path missing = java.nio.file.Path.of("");
    while (true) {
      try {
        return there.toRealPath().resolve(missing);
      } catch (NoSuchFileException e) {
        if (Files.isSymbolicLink(there)) {
          throw new IOException(there + " is a link to nothing", e);
        }
        missing = there.getFileName().resolve(missing);
        there = there.getParent();
      }
    }
  }
}
