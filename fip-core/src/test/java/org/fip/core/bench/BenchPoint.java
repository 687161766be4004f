package org.fip.core.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.geometry.Linearization;
import org.fip.core.geometry.NetworkProgram;
import org.fip.core.network.Architectures;
import org.fip.core.network.Graph;
import org.fip.core.network.Input;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Parameter;
import org.fip.core.network.TensorSelection;
import org.fip.core.network.Value;
import org.fip.core.network.WeightLayout;
import org.fip.core.objective.CrossEntropy;

/**
 * A network with random weights, and random inputs and labels, as benchmarks use them. All of it is
 * made in native memory, so that the heap does not blur what is measured there.
 */
final class BenchPoint implements AutoCloseable {
  private final SplittableRandom random = new SplittableRandom(7);
  final NDManager manager = Torch.newManager(Device.cpu());
  private final NetworkConfig config;
  final Graph graph;
  final WeightLayout layout;
  final NetworkProgram program;
  final NDArray weights;
  final NDArray constants;
  final List<NDArray> inputs;
  final NDArray labels;
  final NDArray direction;
  final NDArray cotangents;
  final NDArray scale;
  final NDArray sum;

  BenchPoint(BenchCase at) {
    config = parse(at.config());
    graph = Architectures.graph(config);
    layout = layout(graph);
    program = new NetworkProgram(graph, layout, Device.cpu(), List.of(CrossEntropy.INSTANCE));
    weights = initial(layout.slots().stream().map(WeightLayout.Slot::parameter).toList());
    constants = initial(graph.constants());
    inputs = graph.inputs().stream().map(input -> input(input, at)).toList();
    int[] classes = random.ints(at.batch(), 0, graph.classes()).toArray();
    labels = Program.upload(manager, classes, new Shape(at.batch()));
    direction = uniform(weights.getShape(), 0.5f);
    cotangents = uniform(new Shape(at.batch(), graph.classes()), 0.5f);
    scale = Program.upload(manager, new float[] {1f / at.batch()}, Precision.FLOAT32, new Shape());
    sum = manager.zeros(weights.getShape());
  }

  /** The network of a case. */
  static Graph graph(BenchCase at) {
    return Architectures.graph(parse(at.config()));
  }

  /** The order that the library would write the tensors in. */
  static WeightLayout layout(Graph graph) {
    return new WeightLayout(
        graph.moving().stream()
            .sorted((a, b) -> WeightLayout.NAME_ORDER.compare(a.name(), b.name()))
            .toList());
  }

  private static NetworkConfig parse(String config) {
    try {
      return new NetworkConfig(new ObjectMapper().readTree(config), "benchmark");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private NDArray initial(List<Parameter> parameters) {
    if (parameters.isEmpty()) {
      return manager.zeros(new Shape(1));
    }
    try (NDManager scope = manager.newSubManager()) {
      NDList parts = new NDList();
      for (Parameter parameter : parameters) {
        NDArray part =
            switch (parameter.initial()) {
              case ONE -> manager.ones(new Shape(parameter.size()));
              case ZERO -> manager.zeros(new Shape(parameter.size()));
              case FAN_IN, NORMAL -> uniform(new Shape(parameter.size()), bound(parameter));
            };
        part.attach(scope);
        parts.add(part);
      }
      NDArray flat = NDArrays.concat(parts);
      flat.attach(manager);
      return flat;
    }
  }

  private static float bound(Parameter parameter) {
    return (float) Math.sqrt((double) parameter.shape().get(0) / parameter.size());
  }

  private NDArray uniform(Shape shape, float bound) {
    return manager.randomUniform(-bound, bound, shape);
  }

  private NDArray input(Input input, BenchCase at) {
    long[] shape = new long[input.shape().size() + 1];
    shape[0] = at.batch();
    for (int i = 1; i < shape.length; i++) {
      int side = input.shape().get(i - 1);
      shape[i] = side == Value.ANY ? at.sides() : side;
    }
    if (!input.whole()) {
      return uniform(new Shape(shape), 0.5f);
    }
    int[] values = new int[Math.toIntExact(new Shape(shape).size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = input.kind() == Input.Kind.MASK ? 1 : random.nextInt(input.limit());
    }
    return Program.upload(manager, values, new Shape(shape));
  }

  /** What a shard's memory budget counts for the batch. */
  double estimatedBytes() {
    Map<String, List<Integer>> sizes = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      List<Integer> shape = new ArrayList<>();
      for (int axis = 1; axis < inputs.get(i).getShape().dimension(); axis++) {
        shape.add((int) inputs.get(i).getShape().get(axis));
      }
      sizes.put(graph.inputs().get(i).name(), shape);
    }
    long batch = inputs.get(0).getShape().get(0);
    Graph sized = Architectures.graph(config, TensorSelection.ALL, sizes);
    return 2.0 * Float.BYTES * batch * sized.activations().orElseThrow();
  }

  Linearization linearize() {
    return program.linearize(manager.newSubManager(), weights, constants, inputs);
  }

  void gradient(NDManager scope) {
    program.addGradient(
        scope, CrossEntropy.INSTANCE, weights, constants, inputs, labels, scale, sum);
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
