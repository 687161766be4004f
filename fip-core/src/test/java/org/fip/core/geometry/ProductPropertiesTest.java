package org.fip.core.geometry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.TensorSelection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Identities that every Jacobian product satisfies, in float64, at random points. */
class ProductPropertiesTest {
  /** Every architecture, and some with only a part of their tensors in w. */
  static Stream<Arguments> networks() {
    return Stream.of(
        network("perceptron relu", TestNetworks.perceptron("relu"), 11),
        network("perceptron tanh", TestNetworks.perceptron("tanh"), 12),
        network("perceptron silu", TestNetworks.perceptron("silu"), 15),
        network("perceptron gelu_new", TestNetworks.perceptron("gelu_new"), 16),
        network("convolutional max", TestNetworks.convolutional("relu", "max"), 13),
        network("convolutional avg", TestNetworks.convolutional("tanh", "avg"), 14),
        network("VGG", TestNetworks.vgg(false), 21),
        network("VGG, normalised", TestNetworks.vgg(true), 22),
        network("ResNet, shortcut A", TestNetworks.resnet("ResNetCifar", "cifar", "A"), 23),
        network("ResNet, shortcut B", TestNetworks.resnet("ResNetCifar", "cifar", "B"), 24),
        network(
            "ResNet, large stem", TestNetworks.resnet("TorchvisionResNet", "imagenet", "B"), 25),
        network("ResNet, basic", TestNetworks.huggingFaceResnet("basic", false), 26),
        network("ResNet, bottleneck", TestNetworks.huggingFaceResnet("bottleneck", false), 27),
        network("ResNet, bottleneck first", TestNetworks.huggingFaceResnet("bottleneck", true), 28),
        network("BERT", TestNetworks.bert("gelu"), 31),
        network("ViT", TestNetworks.vision("ViTForImageClassification", "gelu", true), 32),
        network(
            "ViT without bias",
            TestNetworks.vision("ViTForImageClassification", "relu", false),
            33),
        network("DeiT", TestNetworks.vision("DeiTForImageClassification", "gelu", true), 34),
        network(
            "DeiT, two heads",
            TestNetworks.vision("DeiTForImageClassificationWithTeacher", "gelu_new", true),
            35),
        part("head of BERT", TestNetworks.bert("gelu"), 41, "classifier.*"),
        part("biases of BERT", TestNetworks.bert("gelu"), 42, ".*bias"),
        part("scales of BERT", TestNetworks.bert("gelu"), 43, ".*LayerNorm.weight"),
        part("embeddings of BERT", TestNetworks.bert("gelu"), 44, ".*embeddings.*"),
        part("keys of BERT", TestNetworks.bert("gelu"), 45, ".*key.weight", "classifier.weight"),
        part(
            "last layer of ViT",
            TestNetworks.vision("ViTForImageClassification", "gelu", true),
            46,
            ".*layer\\.1\\..*"),
        part(
            "tokens of DeiT",
            TestNetworks.vision("DeiTForImageClassification", "gelu", true),
            47,
            ".*_token",
            ".*position_embeddings"),
        part("kernels of VGG", TestNetworks.vgg(true), 48, "features.[03].weight"),
        part("scales of VGG", TestNetworks.vgg(true), 49, "features.[14].weight"),
        part("offsets of VGG", TestNetworks.vgg(true), 50, ".*bias"),
        part(
            "offsets of ResNet",
            TestNetworks.resnet("ResNetCifar", "cifar", "B"),
            51,
            ".*bn.*bias"),
        part(
            "projections of ResNet",
            TestNetworks.resnet("ResNetCifar", "cifar", "B"),
            52,
            ".*downsample.*"));
  }

  private static Arguments network(String name, NetworkConfig config, long seed) {
    return Arguments.of(name, new Subject(config, TensorSelection.ALL), seed);
  }

  private static Arguments part(String name, NetworkConfig config, long seed, String... include) {
    TensorSelection selection = TensorSelection.of(List.of(include), List.of());
    return Arguments.of(name, new Subject(config, selection), seed);
  }

  /** A network and what of it is in w. */
  private record Subject(NetworkConfig config, TensorSelection selection) {
    int classes() {
      return config.classes();
    }
  }

  @ParameterizedTest(name = "{0}, seed {2}")
  @MethodSource("networks")
  void jacobianAndItsTransposeAreAdjoint(String name, Subject config, long seed) {
    try (RandomPoint point = new RandomPoint(config.config(), config.selection(), seed);
        Linearization linearization = point.linearize()) {
      NDArray v = point.direction();
      NDArray u = point.gaussian(new Shape(RandomPoint.BATCH, config.classes()));
      double left = dot(linearization.jv(point.manager, v), u);
      double right = dot(v, linearization.jtu(point.manager, u));
      assertEquals(left, right, 1e-10 * Math.abs(left), "<Jv, u> against <v, J^T u>");
    }
  }

  @ParameterizedTest(name = "{0}, seed {2}")
  @MethodSource("networks")
  void metricIsSymmetricPositiveSemiDefiniteAndLinear(String name, Subject config, long seed) {
    for (Metric metric : Metric.values()) {
      try (RandomPoint point = new RandomPoint(config.config(), config.selection(), seed);
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
  void tangentIsTheSlopeOfTheOutputs(String name, Subject config, long seed) {
    try (RandomPoint point = new RandomPoint(config.config(), config.selection(), seed);
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
  void metricEqualsTheDenseOne(String name, Subject config, long seed) {
    for (Metric metric : Metric.values()) {
      try (RandomPoint point = new RandomPoint(config.config(), config.selection(), seed);
          Linearization linearization = point.linearize()) {
        int classes = config.classes();
        double[][] rows = new double[RandomPoint.BATCH * classes][];
        for (int row = 0; row < rows.length; row++) {
          double[] unit = new double[rows.length];
          unit[row] = 1;
          NDArray u =
              Program.upload(
                  point.manager, unit, Precision.FLOAT64, new Shape(RandomPoint.BATCH, classes));
          rows[row] = Program.doubles(linearization.jtu(point.manager, u));
        }
        NDArray v = point.direction();
        double[] direction = Program.doubles(v);
        double[] y = Program.doubles(linearization.logits());
        double[] expected = new double[direction.length];
        for (int example = 0; example < RandomPoint.BATCH; example++) {
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
  void distanceGradientsAreTheSlopeOfTheDistance(String name, Subject config, long seed) {
    for (Distance distance : Distance.values()) {
      try (RandomPoint point = new RandomPoint(config.config(), config.selection(), seed)) {
        NDArray target = point.gaussian(new Shape(RandomPoint.BATCH, config.classes()));
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

  /** Cubed and normalized, the probabilities of t are those of 3t. */
  @Test
  void sharpenedComparesWithTheReferencesCubedProbabilitiesAndALittleWithItsLogits() {
    NetworkConfig config = TestNetworks.perceptron("tanh");
    try (RandomPoint point = new RandomPoint(config, TensorSelection.ALL, 17)) {
      NDArray target = point.gaussian(new Shape(RandomPoint.BATCH, config.classes()));
      double expected =
          value(point, Distance.KL, point.w, target.mul(3))
              + 0.003 * value(point, Distance.SQUARED_LOGITS, point.w, target);
      assertEquals(expected, value(point, Distance.SHARPENED, point.w, target), 1e-12);
      NDArray same = point.logits(point.w);
      assertEquals(0, value(point, Distance.KL, point.w, same), 1e-12);
      assertTrue(value(point, Distance.SHARPENED, point.w, same) > 0.01);
    }
  }

  private static double value(RandomPoint point, Distance distance, NDArray w, NDArray target) {
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
      RandomPoint point, Linearization linearization, Metric metric, NDArray v) {
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
}
