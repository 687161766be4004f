package org.fip.core.geometry;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.network.Network;

/**
 * A network at its weights over all examples of a file, cut into parts that are linearised each on
 * its own. Sums over parts run in their order and in double.
 */
final class ShardedPoint implements AutoCloseable {
  private final Network network;
  private final Precision precision;
  private final NDManager manager;
  private final NetworkProgram program;
  private final NDArray constants;
  private final NDArray weights;
  private final int examples;
  private final int classes;
  private final List<Part> parts = new ArrayList<>();

  /** Consecutive examples. */
  private record Part(int from, int to, List<NDArray> inputs, Linearization linearization) {}

  ShardedPoint(
      Network network,
      PointInputs inputs,
      Precision precision,
      int shards,
      NDManager manager,
      NetworkProgram program) {
    this.network = network;
    this.precision = precision;
    this.manager = manager;
    this.program = program;
    examples = inputs.examples();
    classes = network.classes();
    constants = upload(manager, widen(network.constants()));
    weights = upload(manager, widen(network.weights()));
    for (int i = 0; i < shards; i++) {
      int from = (int) ((long) examples * i / shards);
      int to = (int) ((long) examples * (i + 1) / shards);
      if (from < to) {
        List<NDArray> x = inputs.upload(manager, precision, from, to);
        NDManager owner = manager.newSubManager();
        parts.add(new Part(from, to, x, program.linearize(owner, weights, constants, x)));
      }
    }
  }

  Logits logits() {
    return new Logits(gather((scope, part) -> part.linearization.logits()), classes);
  }

  /** A named output of the network, [N, C]. */
  double[] output(int index) {
    return gather(
        (scope, part) -> program.outputs(scope, weights, constants, part.inputs).get(index));
  }

  /** Logits at w + step v. */
  Logits logits(double step, double[] v) {
    double[] there = widen(network.weights());
    for (int i = 0; i < there.length; i++) {
      there[i] += step * v[i];
    }
    try (NDManager owner = manager.newSubManager()) {
      NDArray moved = upload(owner, there);
      return new Logits(
          gather((scope, part) -> program.logits(scope, moved, constants, part.inputs)), classes);
    }
  }

  /** J v, [N, C]. */
  double[] jv(double[] v) {
    try (NDManager owner = manager.newSubManager()) {
      NDArray direction = upload(owner, v);
      return gather((scope, part) -> part.linearization.jv(scope, direction));
    }
  }

  /** J^T u, [P], the sum over examples. */
  double[] jtu(double[] u) {
    return sum((scope, part) -> part.linearization.jtu(scope, cotangents(scope, part, u)));
  }

  /** The mean over examples of J^T M J v, [P]. */
  double[] metricProduct(Metric metric, double[] v) {
    try (NDManager owner = manager.newSubManager()) {
      NDArray direction = upload(owner, v);
      double[] product =
          sum((scope, part) -> part.linearization.metricProduct(scope, metric, direction).get(0));
      for (int i = 0; i < product.length; i++) {
        product[i] /= examples;
      }
      return product;
    }
  }

  /** J J^T e, [N, C], for the unit vector e of one output of one example. */
  double[] gramColumn(int output) {
    int example = output / classes;
    double[] unit = new double[examples * classes];
    unit[output] = 1;
    try (NDManager owner = manager.newSubManager()) {
      Part home = parts.stream().filter(part -> example < part.to).findFirst().orElseThrow();
      NDArray row = home.linearization.jtu(owner, cotangents(owner, home, unit));
      return gather((scope, part) -> part.linearization.jv(scope, row));
    }
  }

  private NDArray cotangents(NDManager scope, Part part, double[] u) {
    double[] own = Arrays.copyOfRange(u, part.from * classes, part.to * classes);
    return Program.upload(scope, own, precision, new Shape(part.to - part.from, classes));
  }

  private NDArray upload(NDManager scope, double[] values) {
    return Program.upload(scope, values, precision, new Shape(values.length));
  }

  /** What is computed for one part; what it leaves in {@code scope} is closed afterwards. */
  private interface Product {
    NDArray of(NDManager scope, Part part);
  }

  /** Outputs [N, C] of all parts. */
  private double[] gather(Product product) {
    double[] all = new double[examples * classes];
    for (Part part : parts) {
      try (NDManager scope = manager.newSubManager()) {
        double[] values = Program.doubles(product.of(scope, part));
        System.arraycopy(values, 0, all, part.from * classes, values.length);
      }
    }
    return all;
  }

  /** The sum [P] of the parts' shares, in their order. */
  private double[] sum(Product product) {
    double[] sum = new double[program.parameters()];
    for (Part part : parts) {
      try (NDManager scope = manager.newSubManager()) {
        double[] share = Program.doubles(product.of(scope, part));
        for (int i = 0; i < sum.length; i++) {
          sum[i] += share[i];
        }
      }
    }
    return sum;
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  @Override
  public void close() {
    parts.forEach(part -> part.linearization.close());
  }
}
