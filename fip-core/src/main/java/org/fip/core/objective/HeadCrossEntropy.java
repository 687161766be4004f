package org.fip.core.objective;

import org.fip.core.geometry.ExampleFunction;

/**
 * Cross-entropy of the softmax over the outputs of one head for each example, natural logarithm.
 * The target t [batch, classes] is 1 at the label. At the other outputs it is what is added to
 * their logits: 0 in the label's head or less by an adjustment, and so little in other heads that
 * they have no gradient.
 */
public enum HeadCrossEntropy implements ExampleFunction {
  /** The one instance. */
  INSTANCE;

  private static final float OTHER_HEAD = -1e30f;

  @Override
  public String id() {
    return "head_cross_entropy";
  }

  @Override
  public String examples() {
    return """
        a = torch.add(y, torch.clamp_max(t, 0))
        b = torch.sum(torch.mul(y, torch.clamp_min(t, 0)), [1])
        e = torch.sub(torch.logsumexp(a, [1]), b)\
        """;
  }

  /** The targets of all labels, [classes, classes] row-major. */
  public static float[] targets(int[] heads, LogitAdjustment adjustment) {
    int classes = heads.length;
    float[] targets = new float[classes * classes];
    for (int label = 0; label < classes; label++) {
      for (int output = 0; output < classes; output++) {
        targets[label * classes + output] = heads[output] == heads[label] ? 0 : OTHER_HEAD;
      }
      if (!adjustment.outputs().contains(label)) {
        for (int output : adjustment.outputs()) {
          targets[label * classes + output] -= (float) adjustment.amount();
        }
      }
      targets[label * classes + label] = 1;
    }
    return targets;
  }
}
