package org.fip.spark.recipe;

import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.spark.files.Roots;

/** Paths in recipes: relative ones belong to the current default file system. */
public final class RecipePaths {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private RecipePaths() {}

  /**
   * The absolute path, with scheme, of a path in a recipe: without scheme it is on the default file
   * system, and relative to the working directory there.
   *
   * @param key the recipe key, for messages
   * @throws FipException DATA when it is not a path, its scheme is unknown, or it is outside of
   *     {@value Roots#SETTING}
   */
  public static Path resolve(String key, String text, Configuration configuration) {
    Path path = qualify(key, text, configuration);
    try {
      return Roots.require(key, path, configuration);
    } catch (IOException e) {
      throw FipException.storage(
          e, "%s: %s cannot be looked at: %s", key, path, Scalars.oneLine(e));
    }
  }

  /** As {@link #resolve}, wherever the path is: recipes themselves may be anywhere. */
  static Path qualify(String key, String text, Configuration configuration) {
    check(key, text);
    try {
      Path path = new Path(text);
      return path.getFileSystem(configuration).makeQualified(path);
    } catch (IllegalArgumentException | IOException e) {
      throw new FipException(
          FipException.Category.DATA,
          "%s: %s is not a path that can be used: %s; give a path of a file system that is set up here"
              .formatted(key, Scalars.quote(text), Scalars.oneLine(e)),
          e);
    }
  }

  private static void check(String key, String text) {
    Roots.refusePassword(key, text);
    if (text.isBlank() || CONTROL.matcher(text).find()) {
      throw FipException.data(
          "%s: %s is not a path; give one without control characters", key, Scalars.quote(text));
    }
  }
}
