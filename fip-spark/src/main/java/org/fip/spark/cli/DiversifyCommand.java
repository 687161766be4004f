package org.fip.spark.cli;

import org.fip.spark.recipe.Command;

/** {@code fip diversify}. */
@picocli.CommandLine.Command(
    name = "diversify",
    description = {
      "Walks from one network to many that compute the same on the kept examples and are far from"
          + " each other in weights, or err on other perturbed images. It needs no labels.",
      "",
      "Each member is a path store in 'members' of the output folder. The ensemble of their mean"
          + " probabilities is evaluated on the evaluation sets as they are, and on images perturbed"
          + " against single members and against the ensemble; the same is measured of the networks"
          + " under diversify.independent. For networks that read images."
    },
    footer = {
      "  network: models/digits",
      "  output: paths/digits-ensemble",
      "  keep: [{path: data/mnist, split: train}]",
      "  diversify: {members: 10, by: errors}   # or weights",
      "  evaluate: {mnist: {path: data/mnist, split: test}}",
      "",
      "  fip diversify recipe.yaml --set diversify.independent=[models/a,models/b]"
    })
final class DiversifyCommand extends RecipeCommand {
  DiversifyCommand() {
    super(Command.DIVERSIFY);
  }
}
