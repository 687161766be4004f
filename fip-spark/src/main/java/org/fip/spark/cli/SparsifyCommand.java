package org.fip.spark.cli;

import org.fip.spark.recipe.Command;

/** {@code fip sparsify}. */
@picocli.CommandLine.Command(
    name = "sparsify",
    description = {
      "Walks to a network with most weights exactly zero that computes the same on the kept"
          + " examples. It needs no labels."
    },
    footer = {
      "  network: models/digits",
      "  output: paths/digits-sparse",
      "  keep: [{path: data/mnist, split: train}]",
      "  sparsity: {target: 0.95, pattern: unstructured}   # or 2:4, block, channel",
      "  evaluate: {mnist: {path: data/mnist, split: test}}",
      "",
      "  fip sparsify recipe.yaml --set sparsity.target=0.98"
    })
final class SparsifyCommand extends RecipeCommand {
  SparsifyCommand() {
    super(Command.SPARSIFY);
  }
}
