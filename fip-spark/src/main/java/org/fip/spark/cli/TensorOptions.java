package org.fip.spark.cli;

import java.util.ArrayList;
import java.util.List;
import org.fip.core.network.TensorSelection;
import picocli.CommandLine.Option;

/** Options that choose which of a network's tensors w consists of. */
final class TensorOptions {
  @Option(
      names = "--tensors",
      paramLabel = "PATTERN",
      description =
          "Let w consist of the tensors whose whole name matches this regular expression, such as"
              + " 'classifier.*'; may be repeated; default all.")
  private List<String> include = new ArrayList<>();

  @Option(
      names = "--without-tensors",
      paramLabel = "PATTERN",
      description =
          "Leave out the tensors whose whole name matches, such as '.*embeddings.*'; may be"
              + " repeated.")
  private List<String> exclude = new ArrayList<>();

  TensorSelection selection() {
    return TensorSelection.of(include, exclude);
  }
}
