package org.fip.core.manifold;

import java.io.Serializable;
import java.util.List;

/**
 * One worker's share of a sum over examples.
 *
 * @param vector the share of a vector sum, or an empty array
 * @param sums the shares of scalar sums
 */
@SuppressWarnings("ArrayRecordComponent")
public record Partial(float[] vector, double[] sums) implements Serializable {
  private static final float[] NO_VECTOR = {};

  /** A share without a vector. */
  public static Partial of(double... sums) {
    return new Partial(NO_VECTOR, sums);
  }

  /**
   * The sum of shares, added in the order of the list, so that equal shares give equal bits. The
   * first share's arrays take the result.
   */
  public static Partial add(List<Partial> shares) {
    Partial total = shares.get(0);
    for (Partial share : shares.subList(1, shares.size())) {
      float[] a = total.vector;
      float[] b = share.vector;
      for (int i = 0; i < a.length; i++) {
        a[i] += b[i];
      }
      for (int i = 0; i < total.sums.length; i++) {
        total.sums[i] += share.sums[i];
      }
    }
    return total;
  }
}
