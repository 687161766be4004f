package org.fip.core.objective;

import java.io.Serializable;
import java.util.Set;

/**
 * What a cross-entropy with labels subtracts from some of the logits (Menon et al. 2021, arXiv
 * 2007.07314). Many examples of new classes and few stored ones of old classes make a network name
 * the new ones too often. Where the logits of old classes count as less while new ones are learned,
 * the gradient ends when a new class leads by less.
 *
 * @param outputs whose logits count as less; an example whose label is among them is compared as it
 *     is
 * @param amount by how much, at least 0
 */
public record LogitAdjustment(Set<Integer> outputs, double amount) implements Serializable {
  /** All logits count as they are. */
  public static final LogitAdjustment NONE = new LogitAdjustment(Set.of(), 0);

  /** Checks the amount. */
  public LogitAdjustment {
    outputs = Set.copyOf(outputs);
    if (!(amount >= 0)) {
      throw new IllegalArgumentException("logits adjusted by " + amount);
    }
  }

  /** The same with another amount. */
  public LogitAdjustment times(double factor) {
    return new LogitAdjustment(outputs, factor * amount);
  }

  /** Whether all logits count as they are. */
  public boolean none() {
    return outputs.isEmpty() || amount == 0;
  }
}
