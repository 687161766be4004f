package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.fip.core.data.Examples;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;

/** A block of examples on a device, and the mini-batches cut from it there. */
final class NativeExamples {
  private final List<NDArray> inputs = new ArrayList<>();
  private final NDArray labels;

  /** Inputs of a mini-batch, and its labels [n] int64 or null. */
  record MiniBatch(List<NDArray> inputs, NDArray labels) {
    int size() {
      return (int) inputs.get(0).getShape().get(0);
    }
  }

  /** Copies a block to the manager's device; the arrays live as long as the manager. */
  NativeExamples(NDManager manager, Examples examples) {
    for (Examples.Input input : examples.inputs()) {
      long[] sides =
          Stream.concat(Stream.of(examples.size()), input.shape().stream())
              .mapToLong(Integer::longValue)
              .toArray();
      Shape shape = new Shape(sides);
      inputs.add(
          input.floats() != null
              ? Program.upload(manager, input.floats(), Precision.FLOAT32, shape)
              : Program.upload(manager, input.integers(), shape));
    }
    labels =
        examples.labels().length == 0
            ? null
            : Program.upload(manager, examples.labels(), new Shape(examples.size()));
  }

  /** Cuts a mini-batch out; it belongs to {@code scope}. */
  MiniBatch cut(NDManager scope, BatchProgram program, Draw draw) {
    NDArray rows = Program.upload(scope, draw.rows(), new Shape(draw.rows().length));
    List<NDArray> taken = new ArrayList<>();
    for (NDArray input : inputs) {
      NDArray values = program.rows(scope, input, rows);
      if (draw.partners() != null) {
        values = program.mix(scope, values, input, draw);
      }
      if (draw.down() != null) {
        values = program.shift(scope, values, draw);
      }
      taken.add(values);
    }
    NDArray takenLabels = labels == null ? null : program.rows(scope, labels, rows);
    return new MiniBatch(taken, takenLabels);
  }
}
