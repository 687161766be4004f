package org.fip.core.symmetry;

import java.util.ArrayList;
import java.util.List;
import org.fip.core.FipException;
import org.fip.core.network.Architectures;
import org.fip.core.network.Network;
import org.fip.core.network.Parameter;
import org.fip.core.network.Parameter.Role;
import org.fip.core.network.WeightLayout;

/**
 * The layers of a network in which each reads the one before: where in w the rows of a hidden unit
 * are, and the columns of the next layer that read it. A kernel, or an image that was flattened
 * channel by channel, has a block of columns for each unit.
 */
final class LayerChain {

  /**
   * One layer.
   *
   * @param offset of its matrix in w, [units, columns] row-major
   * @param units its outputs
   * @param columns its inputs, kernels included
   * @param offsets where its vectors of one number a unit are in w
   */
  record Layer(int offset, int units, int columns, List<Integer> offsets) {}

  private final List<Layer> layers = new ArrayList<>();

  /**
   * The chain of a network.
   *
   * @throws FipException with category DATA when the network is none, or not all of it moves
   */
  LayerChain(Network network) {
    String name = network.config().architecture();
    if (!Architectures.isChain(network.config())) {
      throw FipException.data(
          "which units of %s may change places is not known; set connect.align to none", name);
    }
    WeightLayout layout = network.layout();
    for (Parameter parameter : network.graph().parameters()) {
      int offset =
          layout
              .find(parameter.name())
              .map(WeightLayout.Slot::offset)
              .orElseThrow(
                  () ->
                      FipException.data(
                          "units of %s can change places only where all its tensors are on the path,"
                              + " and %s is not; set connect.align to none",
                          name, parameter.name()));
      if (parameter.role() == Role.WEIGHT) {
        int units = parameter.shape().get(0);
        layers.add(new Layer(offset, units, parameter.size() / units, new ArrayList<>()));
      } else {
        layers.get(layers.size() - 1).offsets().add(offset);
      }
    }
  }

  /** How many layers have units that may change places: all but the last. */
  int hidden() {
    return layers.size() - 1;
  }

  int units(int layer) {
    return layers.get(layer).units();
  }

  /**
   * For units i of {@code a} and j of {@code b}, the inner product of all weights that they would
   * share a place with: how much of the distance of a and b goes when j takes the place of i.
   */
  double[][] gain(float[] a, float[] b, int layer) {
    Layer own = layers.get(layer);
    Layer next = layers.get(layer + 1);
    int block = next.columns() / own.units();
    double[][] gain = new double[own.units()][own.units()];
    for (int i = 0; i < own.units(); i++) {
      for (int j = 0; j < own.units(); j++) {
        double sum = dot(a, row(own, i), b, row(own, j), own.columns());
        for (int offset : own.offsets()) {
          sum += (double) a[offset + i] * b[offset + j];
        }
        for (int reader = 0; reader < next.units(); reader++) {
          int from = row(next, reader);
          sum += dot(a, from + i * block, b, from + j * block, block);
        }
        gain[i][j] = sum;
      }
    }
    return gain;
  }

  /**
   * Weights in which unit {@code order[i]} of a layer has the place i; the function is the same.
   */
  float[] permuted(float[] weights, int layer, int[] order) {
    Layer own = layers.get(layer);
    Layer next = layers.get(layer + 1);
    int block = next.columns() / own.units();
    float[] permuted = weights.clone();
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(weights, row(own, order[i]), permuted, row(own, i), own.columns());
      for (int offset : own.offsets()) {
        permuted[offset + i] = weights[offset + order[i]];
      }
      for (int reader = 0; reader < next.units(); reader++) {
        int from = row(next, reader);
        System.arraycopy(weights, from + order[i] * block, permuted, from + i * block, block);
      }
    }
    return permuted;
  }

  private static int row(Layer layer, int unit) {
    return layer.offset() + unit * layer.columns();
  }

  private static double dot(float[] a, int fromA, float[] b, int fromB, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (double) a[fromA + i] * b[fromB + i];
    }
    return sum;
  }
}
