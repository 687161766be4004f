package org.fip.core.objective;

import java.util.Arrays;
import java.util.List;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.OutputFunction;

/**
 * A distance over some of the outputs: those where the target is not a number have no part in it,
 * nor in the probabilities of the others, and no gradient.
 *
 * @param distance of the outputs
 */
public record ExemptDistance(Distance distance) implements OutputFunction {

  /** One for each distance. */
  public static List<ExemptDistance> all() {
    return Arrays.stream(Distance.values()).map(ExemptDistance::new).toList();
  }

  @Override
  public String id() {
    return distance.id() + "_exempt";
  }

  @Override
  public String script() {
    return """
        k = torch.isnan(t)
        t = torch.masked_fill(t, k, -1.e+30)
        y = torch.masked_fill(y, k, -1.e+30)
        """
        + distance.script();
  }
}
