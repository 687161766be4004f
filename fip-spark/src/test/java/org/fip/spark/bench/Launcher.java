package org.fip.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands as a user gives them, by scripts/fip with --json; what they say on the way goes to
 * standard error.
 *
 * @param root of the checkout
 * @param directory that paths in recipes start from
 * @param spark options for Spark
 */
record Launcher(Path root, Path directory, List<String> spark) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Runs a command to its end.
   *
   * @param recipe in deploy/recipes, without its ending
   * @param sets keys and values in place of the recipe's
   * @return its result
   * @throws IOException when it fails
   */
  JsonNode run(String command, String recipe, List<String> sets)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(root.resolve("scripts/fip").toString());
    line.addAll(spark);
    line.addAll(List.of(command, recipe(recipe).toString(), "--json"));
    sets.forEach(set -> line.addAll(List.of("--set", set)));
    Process process =
        new ProcessBuilder(line)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", line) + " ended with " + exit + ": " + output);
    }
    return JSON.readTree(output);
  }

  /** The file of a recipe. */
  Path recipe(String name) {
    return recipes().resolve(name + ".yaml");
  }

  /** The folder of all recipes. */
  Path recipes() {
    return root.resolve("deploy/recipes");
  }
}
