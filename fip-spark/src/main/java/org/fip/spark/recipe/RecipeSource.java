package org.fip.spark.recipe;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;

/**
 * The text of a recipe and the name that errors call it by.
 *
 * @param name as the user wrote it
 * @param text YAML; JSON is YAML too
 */
public record RecipeSource(String name, String text) {
  private static final int LARGEST_BYTES = 1 << 20;

  /** No recipe file: everything comes from the command line and the defaults. */
  public static RecipeSource none() {
    return new RecipeSource("command line", "");
  }

  /**
   * Reads the recipe at a path of any Hadoop file system.
   *
   * @throws FipException NOT_FOUND when there is no such file, STORAGE when it cannot be read, DATA
   *     when it is not UTF-8 text
   */
  public static RecipeSource read(String path, Configuration configuration) {
    Path file = RecipePaths.qualify("recipe", path, configuration);
    try (InputStream in = file.getFileSystem(configuration).open(file)) {
      return read(path, in);
    } catch (FileNotFoundException e) {
      throw new FipException(
          FipException.Category.NOT_FOUND,
          "recipe %s does not exist (looked at %s); check the path".formatted(path, file),
          e);
    } catch (IOException e) {
      throw FipException.storage(
          e, "recipe %s cannot be read: %s; check the storage", path, Scalars.oneLine(e));
    }
  }

  /**
   * Reads a recipe from a stream, which stays open.
   *
   * @throws FipException DATA when it is not UTF-8 text or larger than 1 MiB
   */
  public static RecipeSource read(String name, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(LARGEST_BYTES + 1);
    if (bytes.length > LARGEST_BYTES) {
      throw FipException.data(
          "%s: larger than %d bytes; this is not a recipe", name, LARGEST_BYTES);
    }
    try {
      return new RecipeSource(
          name, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new FipException(
          FipException.Category.DATA, name + ": not UTF-8 text; save it as UTF-8", e);
    }
  }
}
