package org.fip.core.symmetry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.fip.core.FipException;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.geometry.NetworkProgram;
import org.fip.core.manifold.Seeds;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.TensorSelection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightMatchingTest {
  private static final String LENET_300 =
      "{'architectures': ['LeNet300100'], 'input_shape': [1, 8, 8], 'hidden_sizes': [9, 6],"
          + " 'num_labels': 4}";
  private static final String LENET_5 =
      "{'architectures': ['LeNet5'], 'input_shape': [1, 8, 8], 'conv_channels': [3, 5],"
          + " 'kernel_size': 3, 'conv_padding': [1, 1], 'fc_sizes': [8, 7], 'num_labels': 4}";
  private static final String VGG =
      "{'architectures': ['VGGCifar'], 'num_channels': 1, 'cfg': [4, 'M', 6, 6, 'M'],"
          + " 'num_labels': 4}";
  private static final String VGG_NORMALISED =
      "{'architectures': ['VGGCifar'], 'num_channels': 1, 'batch_norm': true, 'cfg': [4, 'M', 6],"
          + " 'num_labels': 4}";
  private static final String RESNET =
      "{'architectures': ['ResNetCifar'], 'depths': [1, 1], 'widths': [4, 8], 'num_labels': 4}";

  private static Network network(String config, long seed) {
    try {
      return Network.initialize(
          new NetworkConfig(new ObjectMapper().readTree(config.replace('\'', '"')), "config.json"),
          null,
          seed);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double[] logits(Network network) {
    float[] images = new float[5 * 64];
    Random random = new Random(4);
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    try (NDManager scope = Torch.newManager(Device.cpu());
        NetworkProgram program =
            new NetworkProgram(network.graph(), network.layout(), Device.cpu(), List.of())) {
      NDArray w = upload(scope, network.weights(), new Shape(network.weights().length));
      NDArray c = upload(scope, new float[0], new Shape(0));
      NDArray x = upload(scope, images, new Shape(5, 1, 8, 8));
      return Program.doubles(program.logits(scope, w, c, List.of(x)));
    }
  }

  private static NDArray upload(NDManager scope, float[] values, Shape shape) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return Program.upload(scope, wide, Precision.FLOAT64, shape);
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @ValueSource(strings = {LENET_300, LENET_5, VGG})
  void thePermutedNetworkIsTheSameFunctionAndNearer(String config) {
    Network fixed = network(config, 1);
    Network other = network(config, 2);
    float[] aligned = WeightMatching.align(fixed, other, 0);
    assertFalse(Arrays.equals(aligned, other.weights()), "nothing changed places");
    assertArrayEquals(logits(other), logits(other.withWeights(aligned)), 1e-12);
    double before = distance(fixed.weights(), other.weights());
    double after = distance(fixed.weights(), aligned);
    assertTrue(after < before, after + " after " + before);
  }

  @ParameterizedTest
  @ValueSource(strings = {LENET_300, LENET_5, VGG})
  void unitsThatWereShuffledAreFoundAgain(String config) {
    Network fixed = network(config, 3);
    LayerChain chain = new LayerChain(fixed);
    float[] shuffled = fixed.weights();
    for (int layer = 0; layer < chain.hidden(); layer++) {
      int[] order = Seeds.permutation(chain.units(layer), Seeds.stream(layer));
      shuffled = chain.permuted(shuffled, layer, order);
    }
    assertFalse(Arrays.equals(shuffled, fixed.weights()));
    assertArrayEquals(fixed.weights(), WeightMatching.align(fixed, fixed.withWeights(shuffled), 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {RESNET, VGG_NORMALISED})
  void networksWhoseUnitsAreNotKnownAreRefused(String config) {
    Network network = network(config, 1);
    FipException failure =
        assertThrows(FipException.class, () -> WeightMatching.align(network, network, 0));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains("set connect.align to none"), failure.getMessage());
  }

  @Test
  void networksThatMoveInPartAreRefused() {
    Network part =
        network(LENET_300, 1).restrictedTo(TensorSelection.of(List.of("fc2.*"), List.of()));
    FipException failure =
        assertThrows(FipException.class, () -> WeightMatching.align(part, part, 0));
    assertTrue(failure.getMessage().contains("fc1.weight"), failure.getMessage());
  }
}
