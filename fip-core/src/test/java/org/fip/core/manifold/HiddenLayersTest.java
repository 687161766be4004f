package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.NetworkProgram;
import org.fip.core.network.Network;
import org.junit.jupiter.api.Test;

/** The distance of hidden layers, against the same written out, on a network of two of them. */
class HiddenLayersTest {
  private static final int IMAGES = 6;
  private static final int INPUTS = TinyNetwork.SHAPE.pixels();
  private static final int[] WIDTHS = {INPUTS, 7, 5, TinyNetwork.CLASSES};
  private static final double HIDDEN = 3;

  private final Network network = TinyNetwork.network(4);
  private final Random random = new Random(9);
  private final double[] images = random.doubles((long) IMAGES * INPUTS).toArray();
  private final double[] reference = weights(0);
  private final double[] moved = weights(0.3);

  private double[] weights(double noise) {
    double[] weights = new double[network.weights().length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = network.weights()[i] + noise * random.nextGaussian();
    }
    return weights;
  }

  private double[] read(double[] w, String tensor) {
    int offset = network.layout().find(tensor).orElseThrow().offset();
    int end = network.layout().find(tensor).orElseThrow().end();
    return Arrays.copyOfRange(w, offset, end);
  }

  /** What each layer makes of an image; the last one are logits. */
  private double[][] layers(double[] w, int image) {
    double[][] layers = new double[3][];
    double[] x = Arrays.copyOfRange(images, image * INPUTS, (image + 1) * INPUTS);
    for (int layer = 0; layer < 3; layer++) {
      double[] matrix = read(w, "fc" + (layer + 1) + ".weight");
      double[] bias = read(w, "fc" + (layer + 1) + ".bias");
      double[] y = new double[WIDTHS[layer + 1]];
      for (int i = 0; i < y.length; i++) {
        y[i] = bias[i];
        for (int j = 0; j < x.length; j++) {
          y[i] += matrix[i * x.length + j] * x[j];
        }
        y[i] = layer < 2 ? Math.tanh(y[i]) : y[i];
      }
      layers[layer] = y;
      x = y;
    }
    return layers;
  }

  private static double squared(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = a[i] - (b == null ? 0 : b[i]);
      sum += difference * difference;
    }
    return sum;
  }

  private double expected(double[] w) {
    double sum = 0;
    for (int image = 0; image < IMAGES; image++) {
      double[][] here = layers(w, image);
      double[][] there = layers(reference, image);
      sum += 0.5 * squared(here[2], there[2]);
      for (int layer = 0; layer < 2; layer++) {
        sum += HIDDEN / 2 * squared(here[layer], there[layer]) / squared(there[layer], null);
      }
    }
    return sum;
  }

  @Test
  void valueAndGradientAreThoseOfTheDefinition() {
    try (NDManager scope = Torch.newManager(Device.cpu());
        NetworkProgram program =
            new NetworkProgram(
                network.graph(), network.layout(), Device.cpu(), List.of(Distance.values()))) {
      NDArray gradient = scope.zeros(new Shape(moved.length), Precision.FLOAT64.type());
      NDArray value =
          program.addLayeredGradient(
              scope,
              Distance.SQUARED_LOGITS,
              vector(scope, moved),
              vector(scope, reference),
              scope.zeros(new Shape(0), Precision.FLOAT64.type()),
              List.of(Program.upload(scope, images, Precision.FLOAT64, new Shape(IMAGES, 1, 3, 4))),
              Program.upload(scope, new double[] {HIDDEN}, Precision.FLOAT64, new Shape()),
              Program.upload(scope, new double[] {0.5}, Precision.FLOAT64, new Shape()),
              gradient);
      assertEquals(expected(moved), Program.doubles(value)[0], 1e-9);
      double[] found = Program.doubles(gradient);
      double[] direction = random.doubles(moved.length, -1, 1).toArray();
      double slope = 0;
      double[] ahead = moved.clone();
      double[] back = moved.clone();
      double step = 1e-5;
      for (int i = 0; i < moved.length; i++) {
        slope += found[i] * direction[i];
        ahead[i] += step * direction[i];
        back[i] -= step * direction[i];
      }
      assertEquals(0.5 * (expected(ahead) - expected(back)) / (2 * step), slope, 1e-6);
    }
  }

  private static NDArray vector(NDManager scope, double[] values) {
    return Program.upload(scope, values, Precision.FLOAT64, new Shape(values.length));
  }
}
