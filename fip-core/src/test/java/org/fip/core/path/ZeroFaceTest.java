package org.fip.core.path;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.Random;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.WeightLayout.Slot;
import org.junit.jupiter.api.Test;

class ZeroFaceTest {
  private final Network dense = network();

  private static Network network() {
    String config =
        """
        {"architectures": ["LeNet300100"], "input_shape": [1, 3, 4], "hidden_sizes": [7, 5],
         "hidden_act": "relu", "num_labels": 4}
        """;
    try {
      return Network.initialize(
          new NetworkConfig(new ObjectMapper().readTree(config), "test"), null, 3);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private Slot slot(Network network, String name) {
    return network.layout().find(name).orElseThrow();
  }

  /** What is left of a direction of ones. */
  private static float[] free(Network network) {
    float[] direction = new float[network.weights().length];
    Arrays.fill(direction, 1);
    new ZeroFace(network).restrict(direction, new PathState(network.weights()));
    return direction;
  }

  @Test
  void zeroWeightsStayAndZeroOffsetsOfLivingChannelsDoNot() {
    float[] weights = dense.weights().clone();
    Random random = new Random(5);
    Slot kernel = slot(dense, "fc2.weight");
    for (int i = kernel.offset(); i < kernel.end(); i++) {
      weights[i] = random.nextBoolean() ? 0 : weights[i];
    }
    Slot offsets = slot(dense, "fc1.bias");
    Arrays.fill(weights, offsets.offset(), offsets.end(), 0);
    float[] free = free(dense.withWeights(weights));
    for (int i = 0; i < free.length; i++) {
      boolean fixed = i >= kernel.offset() && i < kernel.end() && weights[i] == 0;
      assertEquals(fixed ? 0 : 1, free[i], "weight " + i);
    }
  }

  @Test
  void removedChannelsStayRemovedWithTheirOffsets() {
    float[] weights = dense.weights().clone();
    Slot in = slot(dense, "fc1.weight");
    Slot out = slot(dense, "fc2.weight");
    int neuron = 2;
    Arrays.fill(weights, in.offset() + neuron * 12, in.offset() + neuron * 12 + 12, 0);
    weights[slot(dense, "fc1.bias").offset() + neuron] = 0;
    for (int row = 0; row < 5; row++) {
      weights[out.offset() + row * 7 + neuron] = 0;
    }
    Network sparse = dense.withWeights(weights);
    assertEquals(12 + 1 + 5, new ZeroFace(sparse).size());
    assertEquals(0, free(sparse)[slot(dense, "fc1.bias").offset() + neuron]);
  }

  @Test
  void newClassesAreFree() {
    float[] weights = dense.weights().clone();
    int zero = slot(dense, "fc3.weight").offset() + 3;
    weights[zero] = 0;
    Network grown = dense.withWeights(weights).withClasses(6);
    float[] free = free(grown);
    Slot head = slot(grown, "fc3.weight");
    for (int i = head.offset(); i < head.end(); i++) {
      assertEquals(i - head.offset() == 3 ? 0 : 1, free[i]);
    }
  }
}
