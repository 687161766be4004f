package org.fip.core.geometry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.TensorSelection;
import org.fip.core.sparsity.Budget;
import org.fip.core.sparsity.Pattern;
import org.fip.core.sparsity.Removal;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SmallerNetworkTest {
  @TempDir private Path temporary;

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of("perceptron", TestNetworks.perceptron("relu"), "hidden_sizes"),
        Arguments.of("convolutional", TestNetworks.convolutional("tanh", "max"), "conv_channels"),
        Arguments.of("VGG", TestNetworks.vgg(false), "cfg"),
        Arguments.of("VGG, normalised", TestNetworks.vgg(true), "cfg"),
        Arguments.of("BERT", TestNetworks.bert("gelu"), "intermediate_size"),
        Arguments.of(
            "ViT",
            TestNetworks.vision("ViTForImageClassification", "gelu", true),
            "intermediate_size"),
        Arguments.of(
            "DeiT",
            TestNetworks.vision("DeiTForImageClassification", "gelu", false),
            "intermediate_size"),
        Arguments.of(
            "DeiT with teacher",
            TestNetworks.vision("DeiTForImageClassificationWithTeacher", "gelu", true),
            "intermediate_size"));
  }

  /** Heads, whose number no configuration says, stay as zeros; neurons and channels go. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void theOutputsAreThoseOfTheNetworkWithZeros(String name, NetworkConfig config, String key)
      throws IOException {
    Network network = pruned(Network.initialize(config, null, 11));
    Network smaller = network.smaller().orElseThrow();
    assertTrue(smaller.weights().length < network.weights().length, "nothing was left out");
    assertFalse(config.get(key).equals(smaller.config().get(key)), key);
    smaller.save(new LocalFolder(temporary.resolve("smaller")));
    Network read = Network.load(new LocalFolder(temporary.resolve("smaller")));
    assertArrayEquals(logits(network), logits(read), 1e-12);
  }

  private static Network pruned(Network network) {
    float[] weights = network.weights().clone();
    Random random = new Random(4);
    float[] scores = new float[weights.length];
    for (int i = 0; i < scores.length; i++) {
      weights[i] += (float) (0.2 * random.nextGaussian());
      scores[i] = random.nextFloat();
    }
    float[] removed = new float[weights.length];
    Removal removal =
        new Removal(
            Pattern.parse("channel").orElseThrow().units(network.graph(), network.layout().slots()),
            Budget.LAYER);
    removal.remove(scores, removed, removal.most(weights.length) * 3 / 5);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = removed[i] == 0 ? weights[i] : 0;
    }
    return network.withWeights(weights);
  }

  private static double[] logits(Network network) {
    try (RandomPoint point = new RandomPoint(network.config(), TensorSelection.ALL, 5)) {
      float[] weights = network.weights();
      double[] w = new double[weights.length];
      for (int i = 0; i < w.length; i++) {
        w[i] = weights[i];
      }
      double[] c = new double[network.constants().length];
      for (int i = 0; i < c.length; i++) {
        c[i] = network.constants()[i];
      }
      NetworkProgram program =
          new NetworkProgram(network.graph(), network.layout(), ai.djl.Device.cpu(), List.of());
      try (program) {
        return Program.doubles(
            program.logits(
                point.manager,
                Program.upload(point.manager, w, Precision.FLOAT64, new Shape(w.length)),
                Program.upload(point.manager, c, Precision.FLOAT64, new Shape(c.length)),
                point.inputs(6)));
      }
    }
  }

  @Test
  void whatNoConfigurationSaysIsNotDone() {
    for (NetworkConfig config :
        List.of(
            TestNetworks.resnet("ResNetCifar", "cifar", "B"),
            TestNetworks.huggingFaceResnet("basic", false))) {
      Network network = Network.initialize(config, null, 1);
      assertFalse(network.canBeSmaller());
      assertEquals(java.util.Optional.empty(), network.smaller());
    }
  }
}
