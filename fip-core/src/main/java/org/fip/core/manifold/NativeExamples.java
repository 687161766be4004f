package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.fip.core.data.Examples;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.network.Graph;
import org.fip.core.network.Input;
import org.fip.core.objective.Widening;

/**
 * A block of examples on a device, and the mini-batches cut from it there. Several threads may cut
 * at once.
 */
final class NativeExamples {
  private final List<NDArray> inputs = new ArrayList<>();
  private final NDArray labels;
  private final NDArray outputs;
  private final long bytesPerExample;

  /** For each row the position after its last one that is no padding; null without sequences. */
  private final int[] lengths;

  /** Positions of the inputs that hold a sequence's token ids and its mask; -1 without. */
  private final int ids;

  private final int mask;

  /** Tokens of all texts, without the first and the last of each; made at its first use. */
  private long[] tokens;

  /**
   * Inputs of a mini-batch, its labels [n] int64 or null, its stored outputs [n, C] or null, and
   * the rows of the block it is of.
   */
  @SuppressWarnings("ArrayRecordComponent")
  record MiniBatch(List<NDArray> inputs, NDArray labels, NDArray outputs, int[] rows) {
    int size() {
      return (int) inputs.get(0).getShape().get(0);
    }
  }

  /**
   * Copies a block to the manager's device; the arrays live as long as the manager.
   *
   * @param stored outputs stored with the examples, [n, C], or an empty array
   * @param graph the network's, made for the sizes of these examples
   */
  NativeExamples(NDManager manager, Examples examples, float[] stored, Graph graph) {
    bytesPerExample = bytesPerExample(examples, graph);
    ids = position(graph, Input.Kind.INDICES);
    mask = position(graph, Input.Kind.MASK);
    lengths = mask < 0 ? null : lengths(examples.inputs().get(mask), examples.size());
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
    outputs =
        stored.length == 0
            ? null
            : Program.upload(
                manager,
                stored,
                Precision.FLOAT32,
                new Shape(examples.size(), stored.length / examples.size()));
  }

  /**
   * Bytes that a forward pass over one example keeps for products, once more for what comes and
   * goes beside it, and the example itself.
   */
  private static long bytesPerExample(Examples examples, Graph graph) {
    long numbers = 2 * graph.activations().orElseThrow() + 2L * graph.classes();
    for (Examples.Input input : examples.inputs()) {
      numbers += (input.floats() == null ? 2L : 1L) * input.stride();
    }
    return Float.BYTES * numbers;
  }

  /** What a pass over one example takes. */
  long bytesPerExample() {
    return bytesPerExample;
  }

  /** The position of the network's first input of a kind, or -1. */
  private static int position(Graph graph, Input.Kind kind) {
    for (int i = 0; i < graph.inputs().size(); i++) {
      if (graph.inputs().get(i).kind() == kind) {
        return i;
      }
    }
    return -1;
  }

  private static int[] lengths(Examples.Input mask, int size) {
    int[] lengths = new int[size];
    int stride = mask.stride();
    for (int row = 0; row < size; row++) {
      int length = stride;
      while (length > 1 && mask.integers()[row * stride + length - 1] == 0) {
        length--;
      }
      lengths[row] = length;
    }
    return lengths;
  }

  /**
   * Cuts a mini-batch out; it belongs to {@code scope}. Sequences end where the longest of the
   * batch ends: what all of them have as padding is not computed with.
   *
   * @param substitutes the block whose tokens may come into these texts
   */
  MiniBatch cut(NDManager scope, BatchProgram program, Draw draw, NativeExamples substitutes) {
    NDArray rows = Program.upload(scope, draw.rows(), new Shape(draw.rows().length));
    List<NDArray> taken = new ArrayList<>();
    for (NDArray input : inputs) {
      taken.add(program.rows(scope, input, rows));
    }
    if (lengths != null) {
      cutSequences(scope, program, draw, substitutes, taken);
    } else if (draw.widening().ofImages()) {
      ImageSpread spread = ImageSpread.of(draw);
      for (int i = 0; i < taken.size(); i++) {
        taken.set(i, widened(scope, program, spread, taken.get(i), inputs.get(i)));
      }
    }
    NDArray takenLabels = labels == null ? null : program.rows(scope, labels, rows);
    NDArray takenOutputs = outputs == null ? null : program.rows(scope, outputs, rows);
    return new MiniBatch(taken, takenLabels, takenOutputs, draw.rows());
  }

  private static NDArray widened(
      NDManager scope, BatchProgram program, ImageSpread spread, NDArray images, NDArray all) {
    NDArray values = images;
    if (spread.partners() != null) {
      values = program.mix(scope, values, all, spread);
    }
    return spread.down() == null ? values : program.move(scope, values, spread);
  }

  private void cutSequences(
      NDManager scope,
      BatchProgram program,
      Draw draw,
      NativeExamples substitutes,
      List<NDArray> taken) {
    int longest = Arrays.stream(draw.rows()).map(row -> lengths[row]).max().orElse(1);
    for (int i = 0; i < taken.size(); i++) {
      NDArray values = taken.get(i).get(new NDIndex(":, :{}", longest));
      values.attach(scope);
      taken.set(i, values);
    }
    if (!draw.widening().ofTexts()) {
      return;
    }
    Widening.Texts widening = draw.widening().texts();
    boolean replaces = widening.substitution() > 0;
    TextSpread spread = TextSpread.of(draw, lengths, replaces ? substitutes.tokens() : new long[0]);
    Shape shape = new Shape(draw.rows().length, longest);
    if (widening.spanMixing()) {
      NDArray partners = Program.upload(scope, spread.partners(), new Shape(shape.get(0)));
      long[] other = program.rows(scope, inputs.get(ids), partners).toLongArray();
      long[] mixed = taken.get(ids).toLongArray();
      spread.mix(mixed, longest, other, (int) inputs.get(ids).getShape().get(1));
      taken.set(ids, scope.create(mixed, shape));
    }
    if (replaces) {
      long[] substituted = taken.get(ids).toLongArray();
      spread.substitute(substituted, longest);
      taken.set(ids, scope.create(substituted, shape));
    }
    if (widening.dropout() > 0) {
      long[] seen = taken.get(mask).toLongArray();
      spread.hide(seen, longest);
      taken.set(mask, scope.create(seen, shape));
    }
  }

  /** Tokens of all texts, without the first and the last of each. */
  private synchronized long[] tokens() {
    if (tokens == null) {
      long[] all = inputs.get(ids).toLongArray();
      int width = all.length / Math.max(1, lengths.length);
      int count = Arrays.stream(lengths).map(length -> Math.max(0, length - 2)).sum();
      long[] inner = new long[count];
      int next = 0;
      for (int row = 0; row < lengths.length; row++) {
        int own = Math.max(0, lengths[row] - 2);
        System.arraycopy(all, row * width + 1, inner, next, own);
        next += own;
      }
      tokens = inner;
    }
    return tokens;
  }
}
