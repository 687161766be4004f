package org.fip.core.objective;

import org.fip.core.geometry.OutputFunction;

/** Cross-entropy of the softmax with integer labels t [batch], natural logarithm. */
public enum CrossEntropy implements OutputFunction {
  /** The one instance. */
  INSTANCE;

  @Override
  public String id() {
    return "cross_entropy";
  }

  @Override
  public String script() {
    return "l = torch.cross_entropy_loss(y, t, None, 2, -100, 0.)";
  }
}
