package org.fip.core.objective;

import org.fip.core.geometry.ExampleFunction;

/**
 * Cross-entropy of the softmax over the outputs of one head for each example, natural logarithm.
 * The target t [batch, classes] is 1 at the label, 0 at the other outputs of its head and -1 at
 * those of other heads, which have no gradient.
 */
public enum HeadCrossEntropy implements ExampleFunction {
  /** The one instance. */
  INSTANCE;

  @Override
  public String id() {
    return "head_cross_entropy";
  }

  @Override
  public String examples() {
    return """
        a = torch.add(y, torch.mul(torch.clamp_max(t, 0), 1.e+30))
        b = torch.sum(torch.mul(y, torch.clamp_min(t, 0)), [1])
        e = torch.sub(torch.logsumexp(a, [1]), b)\
        """;
  }

  /** The targets of all labels, [classes, classes] row-major. */
  public static float[] targets(int[] heads) {
    int classes = heads.length;
    float[] targets = new float[classes * classes];
    for (int label = 0; label < classes; label++) {
      for (int output = 0; output < classes; output++) {
        targets[label * classes + output] = heads[output] == heads[label] ? 0 : -1;
      }
      targets[label * classes + label] = 1;
    }
    return targets;
  }
}
