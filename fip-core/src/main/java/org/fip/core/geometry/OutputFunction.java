package org.fip.core.geometry;

import java.io.Serializable;

/**
 * A scalar function of a network's outputs, summed over the examples of a batch: a loss, or a
 * distance from outputs to a target.
 *
 * <p>An objective of one's own is a class that implements {@link ExampleFunction}, in a {@link
 * org.fip.core.objective.Term}. It travels with the term to wherever the sums are computed, and is
 * compiled there at its first use; there is nothing to register. Its gradient is the engine's.
 */
public interface OutputFunction extends Serializable {

  /** A name of letters, digits and {@code _}, for the program and for messages. */
  String id();

  /**
   * TorchScript statements that set {@code l} (scalar, sum over the batch) from {@code y} (logits,
   * [batch, classes], float32) and {@code t} (the target), one statement a line without
   * indentation.
   *
   * <p>The target is what the term says: labels [batch], int64, or logits of the reference network
   * or stored ones, [batch, classes], float32. Statements are those of a serialised program, which
   * knows no operators and no default arguments: {@code torch.mul(y, 2.)} in place of {@code y *
   * 2}, and {@code torch.sum(y, [1])} with its axes in a list. Names other than {@code y}, {@code
   * t} and {@code l} are free.
   */
  String script();
}
