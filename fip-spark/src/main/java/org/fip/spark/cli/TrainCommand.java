package org.fip.spark.cli;

import org.fip.spark.recipe.Command;

/** {@code fip train}. */
@picocli.CommandLine.Command(
    name = "train",
    description = {
      "Trains a network in the ordinary way, to have a start for paths.",
      "",
      "The recipe names the network (a folder, or under 'architecture' the content of the"
          + " config.json of a new one), one task, and the folder of the result."
    },
    footer = {
      "  network: models/digits         # or architecture: {architectures: [LeNet300100], ...}",
      "  output: paths/digits",
      "  tasks: [{name: mnist, train: {path: data/mnist}}]",
      "  evaluate: {mnist: {path: data/mnist, split: test}}",
      "",
      "  fip train train.yaml --set path.steps=3000"
    })
final class TrainCommand extends RecipeCommand {
  TrainCommand() {
    super(Command.TRAIN);
  }
}
