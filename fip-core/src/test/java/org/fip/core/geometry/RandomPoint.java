package org.fip.core.geometry;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.network.Architectures;
import org.fip.core.network.Graph;
import org.fip.core.network.Input;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Parameter;
import org.fip.core.network.TensorSelection;
import org.fip.core.network.Value;
import org.fip.core.network.WeightLayout;

/** A network at random weights on random inputs, in float64. */
final class RandomPoint implements AutoCloseable {
  static final int BATCH = 5;

  private final Random random;
  final NDManager manager = Torch.newManager(Device.cpu());
  final Graph graph;
  final WeightLayout layout;
  final NetworkProgram program;
  final NDArray w;
  final NDArray c;
  final List<NDArray> x;

  RandomPoint(NetworkConfig config, TensorSelection selection, long seed) {
    random = new Random(seed);
    graph = Architectures.graph(config, selection, Map.of());
    layout = new WeightLayout(graph.moving());
    program = new NetworkProgram(graph, layout, Device.cpu(), List.of(Distance.values()));
    w = gaussian(new Shape(layout.size())).mul(0.5);
    c = constants(graph);
    x = graph.inputs().stream().map(this::input).toList();
  }

  /** Random values, positive where they are variances. */
  private NDArray constants(Graph graph) {
    List<Double> values = new ArrayList<>();
    for (Parameter constant : graph.constants()) {
      for (int i = 0; i < constant.size(); i++) {
        double value = random.nextGaussian();
        values.add(constant.name().endsWith("running_var") ? 0.5 + value * value : 0.5 * value);
      }
    }
    double[] flat = values.stream().mapToDouble(Double::doubleValue).toArray();
    return Program.upload(manager, flat, Precision.FLOAT64, new Shape(flat.length));
  }

  private NDArray input(Input input) {
    List<Integer> sides =
        input.shape().stream().map(s -> s == Value.ANY ? TestNetworks.SIDE : s).toList();
    long[] shape = new long[sides.size() + 1];
    shape[0] = BATCH;
    for (int i = 1; i < shape.length; i++) {
      shape[i] = sides.get(i - 1);
    }
    if (!input.whole()) {
      return gaussian(new Shape(shape));
    }
    int[] values = random.ints(new Shape(shape).size(), 0, input.limit()).toArray();
    for (int row = 0; input.kind() == Input.Kind.MASK && row < BATCH; row++) {
      values[row * sides.get(0)] = 1;
    }
    return Program.upload(manager, values, new Shape(shape));
  }

  /** Inputs that depend on a seed alone. */
  List<NDArray> inputs(long seed) {
    random.setSeed(seed);
    return graph.inputs().stream().map(this::input).toList();
  }

  NDArray gaussian(Shape shape) {
    double[] values = random.doubles(shape.size()).map(d -> random.nextGaussian()).toArray();
    return Program.upload(manager, values, Precision.FLOAT64, shape);
  }

  NDArray direction() {
    return gaussian(w.getShape());
  }

  NDArray logits(NDArray weights) {
    return program.logits(manager, weights, c, x);
  }

  Linearization linearize() {
    return program.linearize(manager.newSubManager(), w, c, x);
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
