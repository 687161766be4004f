package org.fip.core.sparsity;

import java.util.List;
import java.util.function.IntConsumer;
import org.fip.core.network.Graph;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout.Slot;

/**
 * Blocks of the matrix [outputs, all other axes] of a tensor, which is the one that a convolution
 * multiplies patches with. Blocks at the lower and right edges are cut off where the matrix ends.
 *
 * @param rows neighbouring outputs
 * @param columns neighbouring inputs
 */
record Block(int rows, int columns) implements Pattern {
  static final java.util.regex.Pattern NAME =
      java.util.regex.Pattern.compile("block:([0-9]{1,4})x([0-9]{1,4})");

  @Override
  public Units units(Graph graph, List<Slot> counted) {
    Matrices matrices = new Matrices(Unstructured.weights(counted), this::blocks);
    return new Blocks(matrices, rows, columns);
  }

  private int blocks(Parameter parameter) {
    return ceil(parameter.shape().get(0), rows) * ceil(Matrices.columns(parameter), columns);
  }

  private static int ceil(int length, int part) {
    return (length + part - 1) / part;
  }

  @Override
  public String definition() {
    return "blocks of %d rows and %d columns of the matrix [outputs, all other axes] are zero as a whole"
        .formatted(rows, columns);
  }

  @Override
  public String label() {
    return "block:" + rows + "x" + columns;
  }

  /** Units of a block, layers of one tensor. */
  private record Blocks(Matrices matrices, int rows, int columns) implements Units {

    @Override
    public int count() {
      return matrices.count();
    }

    @Override
    public void forEach(int unit, IntConsumer index) {
      int tensor = matrices.tensor(unit);
      Slot slot = matrices.slot(tensor);
      int height = slot.parameter().shape().get(0);
      int width = Matrices.columns(slot.parameter());
      int across = ceil(width, columns);
      int local = unit - matrices.first(tensor);
      int top = local / across * rows;
      int left = local % across * columns;
      for (int row = top; row < Math.min(height, top + rows); row++) {
        for (int column = left; column < Math.min(width, left + columns); column++) {
          index.accept(slot.offset() + row * width + column);
        }
      }
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
