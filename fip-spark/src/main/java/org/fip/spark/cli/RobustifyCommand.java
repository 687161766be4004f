package org.fip.spark.cli;

import org.fip.spark.recipe.Command;

/** {@code fip robustify}. */
@picocli.CommandLine.Command(
    name = "robustify",
    description = {
      "Walks to a network whose output small changes of its input images hardly change, while what"
          + " it computes on the unchanged ones stays the same. With robustify.loss=distance it"
          + " needs no labels.",
      "",
      "Sizes of changes are in units of pixels from 0 to 1, before normalisation. Accuracy with and"
          + " without attacks is measured along the path (path.evaluateEvery), to choose a waypoint"
          + " from: 'NAME pgd' under projected gradient ascent, 'NAME robust' under adaptive ascent"
          + " and the gradient-free square attack as well. For networks that read images."
    },
    footer = {
      "  network: models/digits",
      "  output: paths/digits-robust",
      "  keep: [{path: data/mnist, split: train}]",
      "  robustify: {attack: {norm: linf, epsilon: 0.1, steps: 10}}   # or l2",
      "  evaluate: {mnist: {path: data/mnist, split: test}}",
      "",
      "  fip robustify recipe.yaml --set robustify.attack.epsilon=0.05"
    })
final class RobustifyCommand extends RecipeCommand {
  RobustifyCommand() {
    super(Command.ROBUSTIFY);
  }
}
