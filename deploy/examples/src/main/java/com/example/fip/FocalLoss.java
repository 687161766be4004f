package com.example.fip;

import org.fip.core.geometry.ExampleFunction;

/**
 * An objective of one's own: cross-entropy with the labels in which easy examples count less (Lin
 * et al. 2017, arXiv 1708.02002). To use it, put it into a term; there is nothing to register.
 *
 * @param gamma how much less
 */
public record FocalLoss(double gamma) implements ExampleFunction {
  @Override
  public String id() {
    return "focal";
  }

  /** {@code y} are the logits [batch, classes], {@code t} the labels [batch]; sets e [batch]. */
  @Override
  public String examples() {
    return """
        c = torch.cross_entropy_loss(y, t, None, 0, -100, 0.)
        p = torch.exp(torch.neg(c))
        e = torch.mul(torch.pow(torch.rsub(p, 1), %s), c)\
        """
        .formatted(gamma);
  }
}
