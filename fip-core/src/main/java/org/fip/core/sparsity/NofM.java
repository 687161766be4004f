package org.fip.core.sparsity;

import java.util.List;
import java.util.Optional;
import org.fip.core.network.Graph;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout.Slot;

/**
 * At most n of m neighbours stay. Neighbours lie along axis 1 of a tensor, the input of a linear
 * layer [outputs, inputs] and the input channels of a convolution [outputs, inputs, height, width]
 * at each position of the kernel: the axis that the products of sparse tensor cores sum over
 * (Mishra et al. 2021, arXiv 2104.08378). Tensors whose axis 1 is no multiple of m stay dense, as
 * such hardware asks for.
 *
 * @param n how many stay
 * @param m of how many
 */
record NofM(int n, int m) implements Pattern {
  static final java.util.regex.Pattern NAME =
      java.util.regex.Pattern.compile("([0-9]{1,3}):([0-9]{1,3})");

  @Override
  public Units units(Graph graph, List<Slot> counted) {
    List<Slot> divisible =
        Unstructured.weights(counted).stream().filter(slot -> divides(slot.parameter())).toList();
    return new Groups(divisible, m, m - n);
  }

  private boolean divides(Parameter parameter) {
    return parameter.shape().size() > 1 && parameter.shape().get(1) % m == 0;
  }

  @Override
  public Optional<Double> share() {
    return Optional.of(1 - (double) n / m);
  }

  @Override
  public String definition() {
    return ("at most %d of %d neighbours along axis 1 (inputs of a linear layer; input channels of a"
            + " convolution, at each kernel position) are not zero; tensors whose axis 1 is no"
            + " multiple of %d stay dense")
        .formatted(n, m, m);
  }

  @Override
  public String label() {
    return n + ":" + m;
  }

  /** Weights in groups of neighbours. */
  private static final class Groups extends Unstructured.SingleWeights {
    private static final long serialVersionUID = 1;
    private final int m;
    private final int removable;

    Groups(List<Slot> weights, int m, int removable) {
      super(weights);
      this.m = m;
      this.removable = removable;
    }

    @Override
    public int group(int unit) {
      int tensor = matrices().tensor(unit);
      int local = unit - matrices().first(tensor);
      List<Integer> shape = matrices().slot(tensor).parameter().shape();
      int inputs = shape.get(1);
      int inner = matrices().slot(tensor).parameter().size() / (shape.get(0) * inputs);
      int output = local / (inputs * inner);
      int input = local / inner % inputs;
      return matrices().first(tensor) / m
          + (output * (inputs / m) + input / m) * inner
          + local % inner;
    }

    @Override
    public int groups() {
      return count() / m;
    }

    @Override
    public int removable(int group) {
      return removable;
    }
  }
}
