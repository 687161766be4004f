package org.fip.core.sparsity;

import java.util.List;
import java.util.function.IntConsumer;
import org.fip.core.network.Graph;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout.Slot;

/** Zeros anywhere: each weight by itself. */
record Unstructured() implements Pattern {

  @Override
  public Units units(Graph graph, List<Slot> counted) {
    return new SingleWeights(weights(counted));
  }

  /** The matrices and kernels. */
  static List<Slot> weights(List<Slot> counted) {
    return counted.stream()
        .filter(slot -> slot.parameter().role() != Parameter.Role.OFFSET)
        .toList();
  }

  @Override
  public String definition() {
    return "zeros anywhere";
  }

  @Override
  public String label() {
    return "unstructured";
  }

  /** Units of one weight, layers of one tensor. */
  static class SingleWeights implements Units {
    private static final long serialVersionUID = 1;
    private final Matrices matrices;

    SingleWeights(List<Slot> weights) {
      matrices = new Matrices(weights, Parameter::size);
    }

    Matrices matrices() {
      return matrices;
    }

    @Override
    public int count() {
      return matrices.count();
    }

    @Override
    public void forEach(int unit, IntConsumer index) {
      int tensor = matrices.tensor(unit);
      index.accept(matrices.slot(tensor).offset() + unit - matrices.first(tensor));
    }

    @Override
    public int layer(int unit) {
      return matrices.tensor(unit);
    }

    @Override
    public int layers() {
      return matrices.tensors();
    }
  }
}
