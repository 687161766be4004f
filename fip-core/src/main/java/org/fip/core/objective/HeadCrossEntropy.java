package org.fip.core.objective;

import java.util.LinkedHashMap;
import java.util.Map;
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

  /**
   * The targets of all labels but for the 1 at the label itself, of which labels of one head that
   * are adjusted alike share one.
   *
   * @param groups by label, the row of its target
   * @param rows [R, classes] row-major; R is at most twice the number of heads
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Targets(int[] groups, float[] rows) {}

  private record Group(int head, boolean adjusted) {}

  /** The targets where outputs are divided into heads, by output, and some are adjusted. */
  public static Targets targets(int[] heads, LogitAdjustment adjustment) {
    int classes = heads.length;
    Map<Group, Integer> known = new LinkedHashMap<>();
    int[] groups = new int[classes];
    for (int label = 0; label < classes; label++) {
      Group group = new Group(heads[label], adjustment.outputs().contains(label));
      groups[label] = known.computeIfAbsent(group, g -> known.size());
    }
    float[] rows = new float[Math.multiplyExact(known.size(), classes)];
    known.forEach(
        (group, row) -> {
          for (int output = 0; output < classes; output++) {
            rows[row * classes + output] = group.head() == heads[output] ? 0 : OTHER_HEAD;
          }
          if (!group.adjusted()) {
            for (int output : adjustment.outputs()) {
              rows[row * classes + output] -= (float) adjustment.amount();
            }
          }
        });
    return new Targets(groups, rows);
  }
}
