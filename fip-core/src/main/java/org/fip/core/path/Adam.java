package org.fip.core.path;

import java.util.Arrays;
import java.util.List;
import org.fip.core.manifold.LocalSteps;
import org.fip.core.objective.Term;

/**
 * Running moments of a gradient with their bias corrected (Kingma and Ba 2015, algorithm 1), kept
 * in the state's vectors {@code adam.m} and {@code adam.v}.
 */
final class Adam {
  static final String FIRST = "adam.m";
  static final String SECOND = "adam.v";
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final float[] first;
  private final float[] second;
  private final double correction1;
  private final double correction2;

  private Adam(float[] first, float[] second, double t) {
    this.first = first;
    this.second = second;
    correction1 = 1 - Math.pow(BETA1, t);
    correction2 = 1 - Math.pow(BETA2, t);
  }

  /**
   * Takes a gradient into the moments of a state whose step it belongs to.
   *
   * @param firstStep the step at which moments start from zero
   */
  static Adam update(PathState state, float[] gradient, long firstStep) {
    return update(state, "", gradient, firstStep);
  }

  /** The same for one of several vectors of weights, whose moments have this suffix. */
  static Adam update(PathState state, String suffix, float[] gradient, long firstStep) {
    Adam adam = of(state, suffix, firstStep);
    adam.take(gradient, 0, gradient.length);
    return adam;
  }

  /**
   * The moments of a state, for gradients of which only parts are taken.
   *
   * @param firstStep the step at which moments start from zero
   */
  static Adam of(PathState state, String suffix, long firstStep) {
    Adam adam =
        new Adam(
            state.vector(FIRST + suffix),
            state.vector(SECOND + suffix),
            state.step() - firstStep + 1.0);
    if (state.step() == firstStep) {
      Arrays.fill(adam.first, 0);
      Arrays.fill(adam.second, 0);
    }
    return adam;
  }

  /** Takes the components [from, to) of a gradient into the moments. */
  void take(float[] gradient, int from, int to) {
    for (int i = from; i < to; i++) {
      float g = gradient[i];
      first[i] = (float) (BETA1 * first[i] + (1 - BETA1) * g);
      second[i] = (float) (BETA2 * second[i] + (1 - BETA2) * g * g);
    }
  }

  /**
   * The same rule as steps that shards take by themselves.
   *
   * @param firstStep the step at which moments start from zero
   */
  static LocalSteps steps(List<Term> terms, long step, double[] rates, long firstStep) {
    return new LocalSteps(terms, step, rates, step - firstStep, BETA1, BETA2, EPSILON);
  }

  /** The corrected first moment, component i. */
  float mean(int i) {
    return (float) (first[i] / correction1);
  }

  /** Whether no gradient had a component i other than zero. */
  boolean isUnmoved(int i) {
    return second[i] == 0 && first[i] == 0;
  }

  /** The root of the corrected second moment, component i, bounded away from zero. */
  float scale(int i) {
    return (float) (Math.sqrt(second[i] / correction2) + EPSILON);
  }
}
