package org.fip.spark.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.fip.core.FipException;

/**
 * The defaults of each command: {@code common.yaml} under {@code COMMAND.yaml}, and under {@code
 * adapt-normalized.yaml} for {@code adapt} of networks with batch normalisations; and those of the
 * section {@code explore}.
 */
final class Defaults {
  private static final Map<String, RecipeTree> LOADED = new ConcurrentHashMap<>();

  private Defaults() {}

  static RecipeTree of(Command command) {
    return load("common").under(load(command.label()));
  }

  static RecipeTree of(Command command, NetworkKind kind) {
    RecipeTree most = of(command);
    return kind == NetworkKind.PLAIN || !followNetwork(command)
        ? most
        : most.under(load(command.label() + "-" + Labels.of(kind)));
  }

  /** Whether a command has other defaults for some kinds of networks. */
  static boolean followNetwork(Command command) {
    return command == Command.ADAPT;
  }

  /** The defaults of that name; trees are not changed, so all share one. */
  static RecipeTree load(String name) {
    return LOADED.computeIfAbsent(name, Defaults::read);
  }

  private static RecipeTree read(String name) {
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
