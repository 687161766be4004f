package org.fip.core.path;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.fip.core.network.WeightLayout.Slot;

/**
 * How far a step moves each tensor, as a factor of the learning rate: 1, or the root mean square of
 * the tensor's elements where the path starts and at least a thousandth (relative step sizes of
 * Shazeer and Stern 2018, arXiv 1804.04235). With the latter a rate of 0.01 is one hundredth of a
 * tensor's size, be its elements those of a wide kernel or a normalisation's scales.
 */
public final class StepSizes implements Serializable {
  private static final long serialVersionUID = 1;
  private static final double LEAST = 1e-3;

  /** Every tensor moves by the learning rate. */
  public static final StepSizes EQUAL = new StepSizes(new int[0], new double[0]);

  private final int[] ends;
  private final double[] sizes;

  private StepSizes(int[] ends, double[] sizes) {
    this.ends = ends;
    this.sizes = sizes;
  }

  /**
   * Relative to the tensors of a network.
   *
   * @param slots in the order of their offsets, without gaps
   * @param weights [P]
   */
  public static StepSizes relative(List<Slot> slots, float[] weights) {
    int[] ends = slots.stream().mapToInt(Slot::end).toArray();
    double[] sizes = new double[ends.length];
    for (int i = 0; i < sizes.length; i++) {
      float[] tensor = Arrays.copyOfRange(weights, slots.get(i).offset(), ends[i]);
      sizes[i] = Math.max(LEAST, Vector.norm(tensor) / Math.sqrt(tensor.length));
    }
    return new StepSizes(ends, sizes);
  }

  /** Which tensor a weight is of, given that of the weight before it. */
  int tensor(int weight, int before) {
    int tensor = before;
    while (tensor < ends.length && ends[tensor] <= weight) {
      tensor++;
    }
    return tensor;
  }

  /** The factor of a tensor. */
  double of(int tensor) {
    return sizes.length == 0 ? 1 : sizes[tensor];
  }
}
