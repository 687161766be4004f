package org.fip.core.geometry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.network.Architectures;
import org.fip.core.network.Graph;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Identities that every Jacobian product satisfies, in float64, at random points. */
class ProductPropertiesTest {
  private static final int BATCH = 5;

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of("perceptron relu", TestNetworks.perceptron("relu"), 11L),
        Arguments.of("perceptron tanh", TestNetworks.perceptron("tanh"), 12L),
        Arguments.of("convolutional max", TestNetworks.convolutional("relu", "max"), 13L),
        Arguments.of("convolutional avg", TestNetworks.convolutional("tanh", "avg"), 14L));
  }

  @ParameterizedTest(name = "{0}, seed {2}")
  @MethodSource("networks")
  void jacobianAndItsTransposeAreAdjoint(String name, NetworkConfig config, long seed) {
    try (Point point = new Point(config, seed);
        Linearization linearization = point.linearize()) {
      NDArray v = point.direction();
      NDArray u = point.gaussian(new Shape(BATCH, config.classes()));
      double left = dot(linearization.jv(point.manager, v), u);
      double right = dot(v, linearization.jtu(point.manager, u));
      assertEquals(left, right, 1e-10 * Math.abs(left), "<Jv, u> against <v, J^T u>");
    }
  }

  @ParameterizedTest(name = "{0}, seed {2}")
  @MethodSource("networks")
  void metricIsSymmetricPositiveSemiDefiniteAndLinear(
      String name, NetworkConfig config, long seed) {
    for (Metric metric : Metric.values()) {
      try (Point point = new Point(config, seed);
          Linearization linearization = point.linearize()) {
        NDArray a = point.direction();
        NDArray b = point.direction();
        double[] ga = product(point, linearization, metric, a);
        double[] gb = product(point, linearization, metric, b);
        double symmetric = dot(Program.doubles(b), ga);
        assertEquals(symmetric, dot(Program.doubles(a), gb), 1e-10 * norm(ga) * norm(b));
        assertTrue(dot(Program.doubles(a), ga) >= 0, metric + ": v^T G v is negative");
        NDArray mixed = a.mul(2.5).sub(b.mul(0.75));
        double[] expected = new double[ga.length];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = 2.5 * ga[i] - 0.75 * gb[i];
        }
        assertClose(expected, product(point, linearization, metric, mixed), 1e-10);
      }
    }
  }

  @ParameterizedTest(name = "{0}, seed {2}")
  @MethodSource("networks")
  void tangentIsTheSlopeOfTheOutputs(String name, NetworkConfig config, long seed) {
    try (Point point = new Point(config, seed);
        Linearization linearization = point.linearize()) {
      NDArray v = point.direction();
      double step = 1e-5 / norm(v);
      NDArray ahead = point.logits(point.w.add(v.mul(step)));
      NDArray behind = point.logits(point.w.sub(v.mul(step)));
      double[] slope = Program.doubles(ahead.sub(behind).div(2 * step));
      assertClose(slope, Program.doubles(linearization.jv(point.manager, v)), 1e-6);
    }
  }

  @ParameterizedTest(name = "{0}, seed {2}")
  @MethodSource("networks")
  void metricEqualsTheDenseOne(String name, NetworkConfig config, long seed) {
    for (Metric metric : Metric.values()) {
      try (Point point = new Point(config, seed);
          Linearization linearization = point.linearize()) {
        int classes = config.classes();
        double[][] rows = new double[BATCH * classes][];
        for (int row = 0; row < rows.length; row++) {
          double[] unit = new double[rows.length];
          unit[row] = 1;
          NDArray u =
              Program.upload(point.manager, unit, Precision.FLOAT64, new Shape(BATCH, classes));
          rows[row] = Program.doubles(linearization.jtu(point.manager, u));
        }
        NDArray v = point.direction();
        double[] direction = Program.doubles(v);
        double[] y = Program.doubles(linearization.logits());
        double[] expected = new double[direction.length];
        for (int example = 0; example < BATCH; example++) {
          double[][] m = outputMetric(metric, y, example * classes, classes);
          for (int i = 0; i < classes; i++) {
            double u = 0;
            for (int j = 0; j < classes; j++) {
              u += m[i][j] * dot(rows[example * classes + j], direction);
            }
            double[] row = rows[example * classes + i];
            for (int p = 0; p < row.length; p++) {
              expected[p] += u * row[p];
            }
          }
        }
        assertClose(expected, product(point, linearization, metric, v), 1e-10);
        NDList fresh =
            point.program.metricProduct(point.manager, metric, point.w, point.c, point.x, v);
        assertClose(expected, Program.doubles(fresh.get(0)), 1e-10);
      }
    }
  }

  @ParameterizedTest(name = "{0}, seed {2}")
  @MethodSource("networks")
  void distanceGradientsAreTheSlopeOfTheDistance(String name, NetworkConfig config, long seed) {
    for (Distance distance : Distance.values()) {
      try (Point point = new Point(config, seed)) {
        NDArray target = point.gaussian(new Shape(BATCH, config.classes()));
        NDArray one =
            Program.upload(point.manager, new double[] {1}, Precision.FLOAT64, new Shape());
        NDArray gradient = point.manager.zeros(point.w.getShape(), Precision.FLOAT64.type());
        point.program.addGradient(
            point.manager, distance, point.w, point.c, point.x, target, one, gradient);
        NDArray v = point.direction();
        double step = 1e-5 / norm(v);
        double ahead = value(point, distance, point.w.add(v.mul(step)), target);
        double behind = value(point, distance, point.w.sub(v.mul(step)), target);
        double slope = (ahead - behind) / (2 * step);
        assertEquals(slope, dot(gradient, v), 1e-6 * Math.abs(slope) + 1e-7, distance.id());
      }
    }
  }

  private static double value(Point point, Distance distance, NDArray w, NDArray target) {
    return Program.doubles(point.program.value(point.manager, distance, point.logits(w), target))[
        0];
  }

  private static double[][] outputMetric(Metric metric, double[] y, int from, int classes) {
    double[] p = new double[classes];
    double sum = 0;
    for (int i = 0; i < classes; i++) {
      p[i] = Math.exp(y[from + i]);
      sum += p[i];
    }
    double[][] m = new double[classes][classes];
    for (int i = 0; i < classes; i++) {
      for (int j = 0; j < classes; j++) {
        double identity = i == j ? 1 : 0;
        m[i][j] =
            metric == Metric.EUCLIDEAN ? identity : identity * p[i] / sum - p[i] / sum * p[j] / sum;
      }
    }
    return m;
  }

  private static double[] product(
      Point point, Linearization linearization, Metric metric, NDArray v) {
    return Program.doubles(linearization.metricProduct(point.manager, metric, v).get(0));
  }

  private static double dot(NDArray a, NDArray b) {
    return dot(Program.doubles(a), Program.doubles(b));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double norm(NDArray a) {
    return norm(Program.doubles(a));
  }

  private static double norm(double[] a) {
    return Math.sqrt(dot(a, a));
  }

  private static void assertClose(double[] expected, double[] actual, double tolerance) {
    double[] difference = new double[expected.length];
    for (int i = 0; i < expected.length; i++) {
      difference[i] = actual[i] - expected[i];
    }
    double error = norm(difference) / norm(expected);
    assertTrue(error <= tolerance, "relative error " + error + " above " + tolerance);
  }

  /** A network at random weights on random inputs, in float64. */
  private static final class Point implements AutoCloseable {
    private final Random random;
    final NDManager manager = Torch.newManager(Device.cpu());
    final NetworkProgram program;
    final NDArray w;
    final NDArray c;
    final List<NDArray> x;

    Point(NetworkConfig config, long seed) {
      random = new Random(seed);
      Graph graph = Architectures.graph(config);
      WeightLayout layout =
          new WeightLayout(graph.parameters().stream().filter(Parameter::trainable).toList());
      program = new NetworkProgram(graph, layout, Device.cpu(), List.of(Distance.values()));
      w = gaussian(new Shape(layout.size())).mul(0.5);
      c = gaussian(new Shape(1));
      List<Integer> shape = graph.inputs().get(0).shape();
      x = List.of(gaussian(new Shape(BATCH, shape.get(0), shape.get(1), shape.get(2))));
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
}
