package org.fip.core.path;

import java.util.List;
import org.fip.core.FipException;
import org.fip.core.manifold.Gradient;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.objective.Term;

/**
 * Stochastic gradient steps on L + mu D: a mini-batch of the objective and one of the anchors each,
 * Adam's moments between them. Without a drift term this is fine-tuning; with labels in place of
 * the reference it is replay. One round, one broadcast and one reduction of P floats a step.
 */
public final class AnchoredSampler implements Sampler {
  private final Manifold manifold;
  private final Constraint constraint;
  private final Penalty penalty;
  private final List<Term> terms;
  private final Tolerance tolerance;
  private final double learningRate;
  private final StepSizes sizes;
  private final Schedule schedule;
  private final Stretch stretch;

  /** A sampler without a penalty; parameters as below. */
  public AnchoredSampler(
      Manifold manifold,
      Constraint constraint,
      List<Term> terms,
      double learningRate,
      Schedule schedule,
      Stretch stretch) {
    this(
        manifold,
        constraint,
        Penalty.NONE,
        terms,
        null,
        learningRate,
        StepSizes.EQUAL,
        schedule,
        stretch);
  }

  /**
   * A sampler for a stretch of a path.
   *
   * @param penalty descended beside the terms
   * @param terms the objective first, then what holds the path
   * @param tolerance what the weight of the drift follows, or null when it stays
   * @param learningRate Adam's step size
   * @param sizes its factors
   */
  public AnchoredSampler(
      Manifold manifold,
      Constraint constraint,
      Penalty penalty,
      List<Term> terms,
      Tolerance tolerance,
      double learningRate,
      StepSizes sizes,
      Schedule schedule,
      Stretch stretch) {
    this.manifold = manifold;
    this.constraint = constraint;
    this.penalty = penalty;
    this.terms = List.copyOf(terms);
    this.tolerance = tolerance;
    this.learningRate = learningRate;
    this.sizes = sizes;
    this.schedule = schedule;
    this.stretch = stretch;
  }

  @Override
  public Step step(Point here, PathState state) {
    Gradient gradient = gradient(manifold, here, state, terms, tolerance);
    penalty.addTo(here, state, gradient.vector());
    return descend(state, gradient);
  }

  /** Takes the step that a gradient at the state's weights asks for. */
  Step descend(PathState state, Gradient gradient) {
    requireFinite(gradient.vector(), state.step());
    constraint.restrict(gradient.vector(), state);
    Adam adam = Adam.update(state, gradient.vector(), stretch.first());
    double rate = learningRate * schedule.factor(stretch, state.step());
    float[] weights = state.weights();
    double squared = 0;
    int tensor = 0;
    for (int i = 0; i < weights.length; i++) {
      tensor = sizes.tensor(i, tensor);
      double move = rate * sizes.of(tensor) * adam.mean(i) / adam.scale(i);
      weights[i] -= (float) move;
      squared += move * move;
    }
    return new Step(manifold.at(weights), gradient.values()[0], Math.sqrt(squared));
  }

  /** The gradient of the terms, whose drift follows the tolerance if there is one. */
  static Gradient gradient(
      Manifold manifold, Point here, PathState state, List<Term> terms, Tolerance tolerance) {
    Costs.addGradients(state, 1);
    if (tolerance == null) {
      return here.gradient(terms, state.step());
    }
    Gradient gradient = here.gradient(tolerance.terms(terms, manifold, state), state.step());
    tolerance.observe(gradient.values()[tolerance.term()], state);
    return gradient;
  }

  static void requireFinite(float[] gradient, long step) {
    int index = Vector.firstNonFinite(gradient);
    if (index >= 0) {
      throw FipException.data(
          "step %d: the gradient is %s at weight %d; lower path.learningRate, or check the data",
          step, gradient[index], index);
    }
  }
}
