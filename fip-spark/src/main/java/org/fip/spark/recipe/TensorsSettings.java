package org.fip.spark.recipe;

import java.io.Serializable;
import java.util.List;
import org.fip.core.network.TensorSelection;

/**
 * Which of the network's tensors a path moves, by regular expressions that a name has to match as a
 * whole. All others stay as they are, byte for byte.
 *
 * @param include names of tensors that move; empty for all
 * @param exclude names of tensors that do not move all the same
 */
public record TensorsSettings(List<String> include, List<String> exclude) implements Serializable {
  static TensorsSettings read(Section section) {
    return new TensorsSettings(section.expressions("include"), section.expressions("exclude"));
  }

  /** The selection. */
  public TensorSelection selection() {
    return TensorSelection.of(include, exclude);
  }
}
