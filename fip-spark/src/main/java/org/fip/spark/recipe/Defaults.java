package org.fip.spark.recipe;

import java.io.IOException;
import java.io.InputStream;
import org.fip.core.FipException;

/**
 * The defaults of each command: {@code common.yaml} under {@code COMMAND.yaml}; and those of the
 * section {@code explore}.
 */
final class Defaults {
  private Defaults() {}

  static RecipeTree of(Command command) {
    return load("common").under(load(command.label()));
  }

  static RecipeTree load(String name) {
    String resource = name + ".yaml";
    try (InputStream in = Defaults.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("no such resource");
      }
      return YamlReader.read(RecipeSource.read("defaults " + resource, in));
    } catch (IOException e) {
      throw new FipException(
          FipException.Category.INTERNAL, "the defaults %s are missing".formatted(resource), e);
    }
  }
}
