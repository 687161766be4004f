package org.fip.core.objective;

import org.fip.core.geometry.ExampleFunction;

/**
 * The largest logit of another class minus that of the label t [batch] (Carlini and Wagner 2017,
 * arXiv 1608.04644): above zero where the example is misclassified.
 */
public enum Margin implements ExampleFunction {
  /** The one instance. */
  INSTANCE;

  @Override
  public String id() {
    return "margin";
  }

  @Override
  public String examples() {
    return """
        i = torch.unsqueeze(t, 1)
        e = torch.sub(torch.amax(torch.scatter(y, 1, i, -1.e+38), [1]), torch.squeeze(torch.gather(y, 1, i), 1))\
        """;
  }
}
