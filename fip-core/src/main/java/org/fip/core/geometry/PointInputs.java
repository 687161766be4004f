package org.fip.core.geometry;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fip.core.FipException;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.network.GraphBuilder.InputSpec;
import org.fip.core.network.Network;
import org.fip.core.safetensors.TensorInfo;
import org.fip.core.safetensors.TensorSource;

/**
 * What products at one point are asked of, read from a safetensors file and checked against the
 * network: its inputs, and as far as they are there labels, a direction v, and cotangents u.
 */
final class PointInputs {
  private final TensorSource source;
  private final Map<InputSpec, Object> inputs = new LinkedHashMap<>();
  private final int examples;
  private final int[] labels;
  private final double[] direction;
  private final double[] cotangents;

  PointInputs(Network network, TensorSource source) {
    this.source = source;
    List<InputSpec> specs = network.graph().inputs();
    examples = countExamples(specs.get(0));
    for (InputSpec spec : specs) {
      inputs.put(spec, readInput(spec));
    }
    long classes = network.classes();
    labels = find("labels", "labels", List.of((long) examples)).map(this::readInts).orElse(null);
    requireLabels(network.classes());
    direction =
        find("v", "trainable weights", List.of((long) network.layout().size()))
            .map(this::readDoubles)
            .orElse(null);
    cotangents =
        find("u", "examples x classes", List.of((long) examples, classes))
            .map(this::readDoubles)
            .orElse(null);
  }

  /** N. */
  int examples() {
    return examples;
  }

  /** Class of each example, or null. */
  int[] labels() {
    return labels;
  }

  /** v [P], or null. */
  double[] direction() {
    return direction;
  }

  /** u [N, C], or null. */
  double[] cotangents() {
    return cotangents;
  }

  /** The inputs of some consecutive examples; owned by {@code scope}. */
  List<NDArray> upload(NDManager scope, Precision precision, int from, int to) {
    return inputs.entrySet().stream()
        .map(entry -> upload(scope, precision, entry.getKey(), entry.getValue(), from, to))
        .toList();
  }

  private static NDArray upload(
      NDManager scope, Precision precision, InputSpec spec, Object values, int from, int to) {
    int stride = spec.shape().stream().reduce(1, Math::multiplyExact);
    long[] shape = new long[spec.shape().size() + 1];
    shape[0] = (long) to - from;
    for (int i = 1; i < shape.length; i++) {
      shape[i] = spec.shape().get(i - 1);
    }
    if (values instanceof int[] integers) {
      int[] part = Arrays.copyOfRange(integers, from * stride, to * stride);
      return Program.upload(scope, part, new Shape(shape));
    }
    double[] part = Arrays.copyOfRange((double[]) values, from * stride, to * stride);
    return Program.upload(scope, part, precision, new Shape(shape));
  }

  private int countExamples(InputSpec first) {
    TensorInfo tensor = source.get(first.name());
    if (tensor.shape().isEmpty() || tensor.shape().get(0) == 0) {
      throw FipException.data(
          "%s: tensor '%s' has shape %s, expected at least one example of shape %s",
          source.location(), first.name(), tensor.shape(), first.shape());
    }
    return Math.toIntExact(tensor.shape().get(0));
  }

  private Object readInput(InputSpec spec) {
    TensorInfo tensor = source.get(spec.name());
    Long[] expected = new Long[spec.shape().size() + 1];
    expected[0] = (long) examples;
    for (int i = 1; i < expected.length; i++) {
      expected[i] = (long) spec.shape().get(i - 1);
    }
    requireShape(tensor, "examples and the network's input", List.of(expected));
    return tensor.type().isFloating() ? readDoubles(tensor) : readInts(tensor);
  }

  private Optional<TensorInfo> find(String name, String meaning, List<Long> expected) {
    Optional<TensorInfo> tensor = source.find(name);
    tensor.ifPresent(t -> requireShape(t, meaning, expected));
    return tensor;
  }

  private void requireShape(TensorInfo tensor, String meaning, List<Long> expected) {
    if (!tensor.shape().equals(expected)) {
      throw FipException.data(
          "%s: tensor '%s' has shape %s, expected %s (%s)",
          source.location(), tensor.name(), tensor.shape(), expected, meaning);
    }
  }

  private double[] readDoubles(TensorInfo tensor) {
    double[] values = source.readDoubles(tensor);
    for (int i = 0; i < values.length; i++) {
      // A value that is finite only as a double would become an infinity on its way.
      if (!Float.isFinite((float) values[i])) {
        throw FipException.data(
            "%s: tensor '%s' holds %s at element %d; every value must be finite in float32",
            source.location(), tensor.name(), values[i], i);
      }
    }
    return values;
  }

  private int[] readInts(TensorInfo tensor) {
    long[] values = source.readLongs(tensor);
    int[] result = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (int) values[i];
      if (result[i] != values[i]) {
        throw FipException.data(
            "%s: tensor '%s' holds %d at element %d, which is no index",
            source.location(), tensor.name(), values[i], i);
      }
    }
    return result;
  }

  private void requireLabels(int classes) {
    for (int row = 0; labels != null && row < labels.length; row++) {
      if (labels[row] < 0 || labels[row] >= classes) {
        throw FipException.data(
            "%s: tensor 'labels' holds %d at row %d; the network has classes 0 to %d",
            source.location(), labels[row], row, classes - 1);
      }
    }
  }
}
