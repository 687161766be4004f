package org.fip.core.geometry;

/**
 * A distance d(y, t) from logits y to the logits t of a reference network, [batch, classes] both,
 * summed over the batch. D(w), the drift, is its mean over the anchors.
 */
public enum Distance implements ExampleFunction {
  /** Half the squared Euclidean distance of the logits. */
  SQUARED_LOGITS("torch.pow(torch.sub(y, t), 2)", "e = torch.mul(torch.sum(s, [1]), 0.5)"),
  /** Bhattacharyya: -ln sum_c sqrt(p_c q_c), natural logarithm. */
  BHATTACHARYYA(
      "torch.mul(torch.add(torch.log_softmax(y, 1), torch.log_softmax(t, 1)), 0.5)",
      "e = torch.neg(torch.logsumexp(s, [1]))"),
  /** Kullback-Leibler divergence KL(softmax t || softmax y), natural logarithm. */
  KL(
      "torch.sub(torch.log_softmax(t, 1), torch.log_softmax(y, 1))",
      "e = torch.sum(torch.mul(torch.softmax(t, 1), s), [1])"),
  /**
   * KL(softmax 3t || softmax y), natural logarithm, plus 0.003 times half the squared distance of
   * the logits. The reference's probabilities are cubed and normalized, so what it decides counts
   * for more than how surely; the squares hold the outputs that it decides against, of which the
   * divergence says little. Where y = t it is not zero.
   */
  SHARPENED(
      "torch.sub(torch.log_softmax(torch.mul(t, 3.), 1), torch.log_softmax(y, 1))",
      """
      k3 = torch.mul(torch.softmax(torch.mul(t, 3.), 1), s)
      q3 = torch.mul(torch.pow(torch.sub(y, t), 2), 0.0015)
      e = torch.sum(torch.add(k3, q3), [1])\
      """);

  private final String script;

  Distance(String inner, String outer) {
    script = "s = " + inner + "\n" + outer;
  }

  @Override
  public String id() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public String examples() {
    return script;
  }
}
