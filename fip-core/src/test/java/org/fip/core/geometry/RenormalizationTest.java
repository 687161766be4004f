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
import org.fip.core.network.NormalizedLayer;
import org.fip.core.network.TensorSelection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Channels of changed weights are fitted to those of the reference. */
class RenormalizationTest {

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of("VGG", TestNetworks.vgg(true), 3),
        Arguments.of("ResNet", TestNetworks.resnet("ResNetCifar", "cifar", "B"), 8),
        Arguments.of(
            "Hugging Face's ResNet", TestNetworks.huggingFaceResnet("bottleneck", true), 12));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void whatIsRenormalizedHasNothingLeftToChange(String name, NetworkConfig config, int layers) {
    try (RandomPoint point = new RandomPoint(config, TensorSelection.ALL, 3)) {
      assertEquals(layers, point.graph.normalizedLayers().size());
      NDArray moved = point.w.mul(point.direction().mul(0.01).add(1));
      double[] weights = Program.doubles(moved);
      List<double[]> first = renormalization(point, moved);
      double most = 0;
      for (int i = 0; i < first.size(); i += 2) {
        NormalizedLayer layer = point.graph.normalizedLayers().get(i / 2);
        int scale = point.layout.find(layer.scale()).orElseThrow().offset();
        int offset = point.layout.find(layer.offset()).orElseThrow().offset();
        for (int c = 0; c < first.get(i).length; c++) {
          double factor = first.get(i)[c];
          most = Math.max(most, Math.abs(factor - 1));
          weights[scale + c] *= factor;
          weights[offset + c] = factor * weights[offset + c] + first.get(i + 1)[c];
        }
      }
      assertTrue(most > 1e-3 && most < 0.5, "scales changed by " + most);
      List<double[]> second =
          renormalization(
              point,
              Program.upload(point.manager, weights, Precision.FLOAT64, new Shape(weights.length)));
      for (int i = 0; i < second.size(); i++) {
        for (double value : second.get(i)) {
          assertEquals(i % 2 == 0 ? 1 : 0, value, 1e-7, "array " + i);
        }
      }
    }
  }

  private static List<double[]> renormalization(RandomPoint point, NDArray weights) {
    NDList found = point.program.renormalization(point.manager, weights, point.w, point.c, point.x);
    return found.stream().map(Program::doubles).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void aChannelThatHardlyVariesStaysAsItIs(String name, NetworkConfig config, int layers) {
    try (RandomPoint point = new RandomPoint(config, TensorSelection.ALL, 4)) {
      NormalizedLayer layer = point.graph.normalizedLayers().get(0);
      double[] weights = Program.doubles(point.w);
      weights[point.layout.find(layer.scale()).orElseThrow().offset()] = 0;
      List<double[]> found =
          renormalization(
              point,
              Program.upload(point.manager, weights, Precision.FLOAT64, new Shape(weights.length)));
      assertEquals(1, found.get(0)[0]);
      assertEquals(0, found.get(1)[0]);
    }
  }
}
