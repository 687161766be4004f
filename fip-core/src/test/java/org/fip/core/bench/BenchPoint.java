package org.fip.core.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.SplittableRandom;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.geometry.Linearization;
import org.fip.core.geometry.NetworkProgram;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.objective.CrossEntropy;

/** A network with random weights, and random images and labels, as benchmarks use them. */
final class BenchPoint implements AutoCloseable {
  static final String PERCEPTRON =
      """
      {"architectures": ["LeNet300100"], "input_shape": [1, 28, 28], "hidden_sizes": [300, 100],
       "hidden_act": "relu", "num_labels": 10}
      """;
  static final String CONVOLUTIONAL =
      """
      {"architectures": ["LeNet5"], "input_shape": [1, 28, 28], "conv_channels": [6, 16],
       "kernel_size": 5, "conv_padding": [2, 0], "fc_sizes": [120, 84], "hidden_act": "relu",
       "pool": "max", "num_labels": 10}
      """;

  private final SplittableRandom random = new SplittableRandom(7);
  final NDManager manager = Torch.newManager(Device.cpu());
  final NetworkProgram program;
  final NDArray weights;
  final NDArray constants;
  final List<NDArray> inputs;
  final NDArray labels;
  final NDArray direction;
  final NDArray cotangents;
  final NDArray scale;
  final NDArray sum;

  BenchPoint(String config, int batch) {
    Network network = Network.initialize(parse(config), null, 1);
    program =
        new NetworkProgram(
            network.graph(), network.layout(), Device.cpu(), List.of(CrossEntropy.INSTANCE));
    float[] w = network.weights();
    weights = Program.upload(manager, w, Precision.FLOAT32, new Shape(w.length));
    constants = Program.upload(manager, new float[1], Precision.FLOAT32, new Shape(1));
    List<Integer> sides = network.graph().inputs().get(0).shape();
    inputs = List.of(uniform(new Shape(batch, sides.get(0), sides.get(1), sides.get(2))));
    int[] classes = random.ints(batch, 0, network.classes()).toArray();
    labels = Program.upload(manager, classes, new Shape(batch));
    direction = uniform(new Shape(w.length));
    cotangents = uniform(new Shape(batch, network.classes()));
    scale = Program.upload(manager, new float[] {1f / batch}, Precision.FLOAT32, new Shape());
    sum = manager.zeros(weights.getShape());
  }

  private static NetworkConfig parse(String config) {
    try {
      return new NetworkConfig(new ObjectMapper().readTree(config), "benchmark");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private NDArray uniform(Shape shape) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return Program.upload(manager, values, Precision.FLOAT32, shape);
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
