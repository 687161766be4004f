package org.fip.core.geometry;

import java.io.Serializable;

/**
 * A scalar function of a network's outputs, summed over the examples of a batch: a loss, or a
 * distance from outputs to a target.
 */
public interface OutputFunction extends Serializable {

  /** Unique name, letters and digits. */
  String id();

  /**
   * TorchScript statements that set {@code l} (scalar, sum over the batch) from {@code y} (logits,
   * [batch, classes]) and {@code t} (the target), one statement a line without indentation.
   */
  String script();
}
