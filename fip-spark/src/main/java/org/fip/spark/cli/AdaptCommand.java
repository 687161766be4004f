package org.fip.spark.cli;

import org.fip.spark.recipe.Command;

/** {@code fip adapt}. */
@picocli.CommandLine.Command(
    name = "adapt",
    description = {
      "Learns tasks one after another while what the network computes on the kept examples stays"
          + " the same.",
      "",
      "Waypoints go to the folder 'output' of the recipe. The same command again resumes there from"
          + " the newest whole waypoint and ends where an uninterrupted run ends."
    },
    footer = {
      "  network: models/digits",
      "  output: paths/digits-to-fashion",
      "  keep:",
      "    - {path: data/mnist, split: train, limit: 50}",
      "  tasks:",
      "    - {name: fashion, train: {path: data/fashion_mnist, labelOffset: 10}}",
      "  evaluate:",
      "    mnist: {path: data/mnist, split: test}",
      "    fashion: {path: data/fashion_mnist, split: test, labelOffset: 10}",
      "",
      "  fip adapt recipe.yaml --set path.steps=1500"
    })
final class AdaptCommand extends RecipeCommand {
  AdaptCommand() {
    super(Command.ADAPT);
  }
}
