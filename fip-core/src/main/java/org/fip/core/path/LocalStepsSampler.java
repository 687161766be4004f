package org.fip.core.path;

import java.util.Arrays;
import java.util.List;
import org.fip.core.FipException;
import org.fip.core.manifold.LocalSteps;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.objective.Term;

/**
 * The steps of {@link AnchoredSampler}, several between two rounds: each shard takes them by itself
 * from the same weights and moments on its part of the batches, then weights and moments are
 * averaged (local SGD, Stich 2019, arXiv 1805.09767, with Adam). A round broadcasts and reduces 3 P
 * floats. With one shard this is the anchored sampler but for rounding.
 *
 * <p>Everything that goes from round to round is in the state, so a waypoint between two rounds is
 * all that a path needs to go on. Without a constraint, which may change between any two steps.
 */
public final class LocalStepsSampler implements Sampler {
  private static final int MOST_WEIGHTS = 700_000_000;

  private final Manifold manifold;
  private final List<Term> terms;
  private final double learningRate;
  private final Schedule schedule;
  private final Stretch stretch;
  private final int stride;

  /**
   * A sampler for a stretch of a path.
   *
   * @param terms the objective first, then what holds the path
   * @param learningRate Adam's step size
   * @param stride steps between two rounds; divides the stretch
   */
  public LocalStepsSampler(
      Manifold manifold,
      List<Term> terms,
      double learningRate,
      Schedule schedule,
      Stretch stretch,
      int stride) {
    this.manifold = manifold;
    this.terms = List.copyOf(terms);
    this.learningRate = learningRate;
    this.schedule = schedule;
    this.stretch = stretch;
    this.stride = stride;
  }

  @Override
  public int stride() {
    return stride;
  }

  /** Takes the steps of one round; its objective is the mean over them. */
  @Override
  public Step step(Point here, PathState state) {
    requireRoom(state.weights().length);
    long step = state.step();
    float[] first = state.vector(Adam.FIRST);
    float[] second = state.vector(Adam.SECOND);
    if (step == stretch.first()) {
      Arrays.fill(first, 0);
      Arrays.fill(second, 0);
    }
    LocalSteps.Result result =
        here.localSteps(Adam.steps(terms, step, rates(step), stretch.first()), first, second);
    Costs.addGradients(state, stride);
    float[] move = result.move();
    int wrong = Vector.firstNonFinite(move);
    if (wrong >= 0) {
      throw FipException.data(
          "steps %d to %d: the move is %s at weight %d; lower path.learningRate, or check the data",
          step, step + stride - 1, move[wrong], wrong);
    }
    System.arraycopy(result.first(), 0, first, 0, first.length);
    System.arraycopy(result.second(), 0, second, 0, second.length);
    Vector.add(state.weights(), 1, move);
    return new Step(manifold.at(state.weights()), result.objective(), Vector.norm(move));
  }

  /** A share is one array, of the move and two moments. */
  private static void requireRoom(int weights) {
    if (weights > MOST_WEIGHTS) {
      throw FipException.data(
          "the network has %d weights; path.localSteps above 1 is for at most %d",
          weights, MOST_WEIGHTS);
    }
  }

  private double[] rates(long step) {
    double[] rates = new double[stride];
    for (int i = 0; i < stride; i++) {
      rates[i] = learningRate * schedule.factor(stretch, step + i);
    }
    return rates;
  }
}
