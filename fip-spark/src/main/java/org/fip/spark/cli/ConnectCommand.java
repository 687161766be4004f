package org.fip.spark.cli;

import org.fip.spark.recipe.Command;

/** {@code fip connect}. */
@picocli.CommandLine.Command(
    name = "connect",
    description = {
      "Finds a path of least length in output space between two networks of one architecture, on"
          + " which accuracy stays where the straight line between them loses it. It needs no labels.",
      "",
      "The points of the path are the waypoints of the store, in order; 'straight' in it is the"
          + " straight line, for comparison. With connect.align=weights the hidden units of the"
          + " second network first change places, its function as it was, so that both are near."
    },
    footer = {
      "  network: models/one",
      "  output: paths/one-to-other",
      "  keep: [{path: data/mnist, split: train, limit: 10000}]",
      "  connect: {to: models/other, bends: 7}",
      "  evaluate: {mnist: {path: data/mnist, split: test}}",
      "",
      "  fip connect recipe.yaml --set connect.align=weights"
    })
final class ConnectCommand extends RecipeCommand {
  ConnectCommand() {
    super(Command.CONNECT);
  }
}
