package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.geometry.ExampleFunction;
import org.fip.core.geometry.NetworkProgram;

/**
 * What an attack on a mini-batch works with: the network that is attacked, or several whose mean
 * probabilities are, and the images with their targets.
 */
final class Victim {
  private static final float LEAST_PROBABILITY = 1e-38f;

  private final NetworkProgram program;
  private final NDArray constants;
  private final List<NDArray> weights;
  private final NDArray images;
  private final NDArray target;

  /**
   * A victim.
   *
   * @param weights of the networks, [P] each
   * @param images [n, channels, height, width]
   * @param target what outputs are compared with, labels or logits
   */
  Victim(
      NetworkProgram program,
      NDArray constants,
      List<NDArray> weights,
      NDArray images,
      NDArray target) {
    this.program = program;
    this.constants = constants;
    this.weights = weights;
    this.images = images;
    this.target = target;
  }

  NDArray images() {
    return images;
  }

  NDArray target() {
    return target;
  }

  int size() {
    return (int) images.getShape().get(0);
  }

  /** So much for each image; owned by {@code scope}. */
  NDArray each(NDManager scope, double value) {
    float[] values = new float[size()];
    Arrays.fill(values, (float) value);
    return Program.upload(scope, values, Precision.FLOAT32, new Shape(values.length));
  }

  /** The function's values at other images, [n]; owned by {@code scope}. */
  NDArray values(NDManager scope, ExampleFunction function, NDArray at) {
    return program.examples(scope, function, logits(scope, at), target);
  }

  /**
   * The logits at other images; of several networks the logarithm of their mean probabilities.
   * Owned by {@code scope}.
   */
  NDArray logits(NDManager scope, NDArray at) {
    List<NDArray> all = new ArrayList<>();
    for (NDArray network : weights) {
      all.add(program.logits(scope, network, constants, List.of(at)));
    }
    return combined(all);
  }

  private static NDArray combined(List<NDArray> logits) {
    if (logits.size() == 1) {
      return logits.get(0);
    }
    NDArray sum = logits.get(0).softmax(1);
    for (NDArray more : logits.subList(1, logits.size())) {
      sum.addi(more.softmax(1));
    }
    return sum.divi(logits.size()).maximum(LEAST_PROBABILITY).log();
  }

  /**
   * The gradient of a function in the images, and the values of another that ranks; owned by {@code
   * scope}. Of several networks, the gradients are weighed by exp(-value): for the cross-entropy
   * that is the gradient of the cross-entropy of their mean probabilities.
   */
  NDList ascent(NDManager scope, ExampleFunction climbed, ExampleFunction ranking, NDArray at) {
    List<NDArray> gradients = new ArrayList<>();
    List<NDArray> values = new ArrayList<>();
    List<NDArray> logits = new ArrayList<>();
    for (NDArray network : weights) {
      NDList ascent = program.ascent(scope, climbed, network, constants, at, target);
      gradients.add(ascent.get(0));
      values.add(ascent.get(1));
      logits.add(ascent.get(2));
    }
    NDArray ranks = program.examples(scope, ranking, combined(logits), target);
    if (gradients.size() == 1) {
      return new NDList(gradients.get(0), ranks);
    }
    NDArray shares = NDArrays.stack(new NDList(values)).neg().softmax(0);
    NDArray sum = null;
    for (int i = 0; i < gradients.size(); i++) {
      NDArray weighed = gradients.get(i).mul(shares.get(i).reshape(-1, 1, 1, 1));
      sum = sum == null ? weighed : sum.addi(weighed);
    }
    return new NDList(sum, ranks);
  }
}
