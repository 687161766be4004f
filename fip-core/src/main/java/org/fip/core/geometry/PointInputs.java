package org.fip.core.geometry;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Examples;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.network.Input;
import org.fip.core.network.Network;
import org.fip.core.safetensors.TensorInfo;
import org.fip.core.safetensors.TensorSource;

/**
 * What products at one point are asked of, read from a safetensors file and checked against the
 * network: its inputs, and as far as they are there labels, a direction v, and cotangents u.
 */
final class PointInputs {
  private final TensorSource source;
  private final Map<Input, Tensor> inputs = new LinkedHashMap<>();
  private final int examples;
  private final int[] labels;
  private final double[] direction;
  private final double[] cotangents;

  /** Values of an input, doubles or whole numbers, and the shape of one example. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Tensor(List<Integer> shape, double[] values, int[] indices) {}

  PointInputs(Network network, TensorSource source) {
    this.source = source;
    List<Input> declared = network.graph().inputs();
    examples = countExamples(declared.get(0));
    for (Input input : declared) {
      inputs.put(input, readInput(input));
    }
    requireOneLength();
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

  /** All inputs as data for workers; values are rounded to float32. */
  EncodedExamples encoded() {
    List<Examples.Input> converted = new ArrayList<>();
    inputs.forEach(
        (input, tensor) -> {
          float[] floats = tensor.values == null ? null : new float[tensor.values.length];
          for (int i = 0; floats != null && i < floats.length; i++) {
            floats[i] = (float) tensor.values[i];
          }
          converted.add(new Examples.Input(input.name(), tensor.shape, floats, tensor.indices));
        });
    int[] known = labels == null ? new int[0] : labels;
    return EncodedExamples.tensors(converted, examples, known, source.location());
  }

  /** The inputs of some consecutive examples; owned by {@code scope}. */
  List<NDArray> upload(NDManager scope, Precision precision, int from, int to) {
    return inputs.values().stream()
        .map(tensor -> upload(scope, precision, tensor, from, to))
        .toList();
  }

  private static NDArray upload(
      NDManager scope, Precision precision, Tensor tensor, int from, int to) {
    int stride = tensor.shape.stream().reduce(1, Math::multiplyExact);
    long[] shape = new long[tensor.shape.size() + 1];
    shape[0] = (long) to - from;
    for (int i = 1; i < shape.length; i++) {
      shape[i] = tensor.shape.get(i - 1);
    }
    if (tensor.indices != null) {
      int[] part = Arrays.copyOfRange(tensor.indices, from * stride, to * stride);
      return Program.upload(scope, part, new Shape(shape));
    }
    double[] part = Arrays.copyOfRange(tensor.values, from * stride, to * stride);
    return Program.upload(scope, part, precision, new Shape(shape));
  }

  private int countExamples(Input first) {
    TensorInfo tensor = source.get(first.name());
    if (tensor.shape().isEmpty() || tensor.shape().get(0) == 0) {
      throw FipException.data(
          "%s: tensor '%s' has shape %s, expected at least one example of shape %s",
          source.location(), first.name(), tensor.shape(), first.describeShape());
    }
    return Math.toIntExact(tensor.shape().get(0));
  }

  private Tensor readInput(Input input) {
    Tensor first = inputs.values().stream().findFirst().orElse(null);
    if (first != null && source.find(input.name()).isEmpty() && input.whole()) {
      int[] values = new int[first.indices.length];
      Arrays.fill(values, input.kind() == Input.Kind.MASK ? 1 : 0);
      return new Tensor(first.shape, null, values);
    }
    TensorInfo tensor = source.get(input.name());
    List<Integer> shape = exampleShape(tensor, input);
    if (tensor.type().isFloating() == input.whole()) {
      throw FipException.data(
          "%s: tensor '%s' has type %s, expected %s",
          source.location(),
          tensor.name(),
          tensor.dtype(),
          input.whole() ? "whole numbers" : "floating-point numbers");
    }
    return input.whole()
        ? new Tensor(shape, null, requireBelow(input, tensor, readInts(tensor)))
        : new Tensor(shape, readDoubles(tensor), null);
  }

  private List<Integer> exampleShape(TensorInfo tensor, Input input) {
    List<Long> sides = tensor.shape();
    List<Integer> shape =
        sides.isEmpty()
            ? List.of()
            : sides.subList(1, sides.size()).stream().map(Math::toIntExact).toList();
    if (sides.isEmpty() || sides.get(0) != examples || !input.fits(shape) || shape.contains(0)) {
      throw FipException.data(
          "%s: tensor '%s' has shape %s, expected %d examples of shape %s",
          source.location(), tensor.name(), sides, examples, input.describeShape());
    }
    return shape;
  }

  private int[] requireBelow(Input input, TensorInfo tensor, int[] values) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] >= input.limit()) {
        throw FipException.data(
            "%s: tensor '%s' holds %d at element %d; the network takes 0 to %d",
            source.location(), tensor.name(), values[i], i, input.limit() - 1);
      }
    }
    return values;
  }

  /** Sequences that belong together have one length. */
  private void requireOneLength() {
    List<Tensor> sequences = inputs.values().stream().filter(t -> t.indices != null).toList();
    for (Tensor sequence : sequences) {
      if (!sequence.shape.equals(sequences.get(0).shape)) {
        throw FipException.data(
            "%s: the network's inputs %s have different lengths",
            source.location(), inputs.keySet().stream().map(Input::name).toList());
      }
    }
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
