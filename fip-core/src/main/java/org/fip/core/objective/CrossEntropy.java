package org.fip.core.objective;

import org.fip.core.geometry.ExampleFunction;

/** Cross-entropy of the softmax with integer labels t [batch], natural logarithm. */
public enum CrossEntropy implements ExampleFunction {
  /** The one instance. */
  INSTANCE;

  @Override
  public String id() {
    return "cross_entropy";
  }

  @Override
  public String examples() {
    return "e = torch.cross_entropy_loss(y, t, None, 0, -100, 0.)";
  }
}
