package org.fip.spark.cli;

import java.util.List;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.JobResult;
import org.fip.spark.recipe.Chain;
import org.fip.spark.recipe.RecipeSource;

/** {@code fip chain}. */
@picocli.CommandLine.Command(
    name = "chain",
    description = {
      "Runs operations one after the other, each from the network that the one before ended at:"
          + " train, adapt, sparsify and robustify, in any order and any number of times.",
      "",
      "The recipe has a list 'operations'; what stands beside it counts for all of them, what"
          + " stands in an entry for that one. Each has a path store in the output folder; the same"
          + " command again goes on where it stopped."
    },
    footer = {
      "  network: models/digits",
      "  output: paths/learned-and-sparse",
      "  keep: [{path: data/mnist, split: train, limit: 500}]",
      "  tasks: [{name: fashion, train: {path: data/fashion_mnist, labelOffset: 10}}]",
      "  evaluate: {mnist: {path: data/mnist, split: test}}",
      "  operations:",
      "    - {command: adapt, path: {steps: 1500}}",
      "    - {command: sparsify, sparsity: {target: 0.9}}",
      "",
      "  fip chain recipe.yaml --set operations.1.sparsity.target=0.95"
    })
final class ChainCommand extends RecipeFileCommand {
  @Override
  JobResult run(RecipeSource source, List<String> overrides, Session session) {
    Chain chain =
        Chain.resolve(source, session.settings(), overrides, session.backend().kinds(session));
    JobContext context = session.context(json());
    JobResult result = session.backend().chain(chain, context);
    return session.backend().report(result, chain.output(), context);
  }
}
