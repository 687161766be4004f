package org.fip.core.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.fip.core.manifold.Gradient;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.Seeds;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout;
import org.fip.core.objective.Term;

/**
 * Gradient steps on low-rank changes of matrices (LoRA, Hu et al. 2021, arXiv 2106.09685): W = W0 +
 * B A with A [rank, inputs] and B [outputs, rank], W0 the matrix at the start of the stretch. The
 * terms are those of {@link AnchoredSampler}, so a path may keep along its factors as it does along
 * its weights. B starts at zero, A uniform within one over the root of the inputs, and Adam's
 * moments are those of the factors.
 *
 * <p>Kernels are matrices of a row for each output. A matrix that has no more elements than its
 * factors would have, and the head, move as they are; tensors that are no matrices stay.
 *
 * <p>Factors lie in a vector of length P, A and then B at the start of their matrix's place, so
 * that waypoints hold whole networks and a path's vectors alike. Work of the driver: 6 P rank
 * operations a step, less of tables of which few rows have a gradient; communication as {@link
 * AnchoredSampler}'s.
 */
public final class LowRankSampler implements Sampler {
  private static final String FACTORS = "lowRank.factors";
  private static final String BASE = "lowRank.base";

  private final Manifold manifold;
  private final Penalty penalty;
  private final List<Term> terms;
  private final Tolerance tolerance;
  private final double learningRate;
  private final Schedule schedule;
  private final Stretch stretch;
  private final long seed;
  private final List<LowRankMatrix> matrices = new ArrayList<>();
  private final List<WeightLayout.Slot> whole = new ArrayList<>();

  /**
   * A sampler for a stretch of a path.
   *
   * @param penalty descended beside the terms, a function of whole weights
   * @param terms the objective first, then what holds the path
   * @param tolerance what the weight of the drift follows, or null when it stays
   * @param slots the tensors of w
   * @param head names of the tensors that move as they are
   * @param selected which matrices have factors; all others stay
   * @param rank rank of the changes
   * @param seed of the factors' first values
   */
  public LowRankSampler(
      Manifold manifold,
      Penalty penalty,
      List<Term> terms,
      Tolerance tolerance,
      double learningRate,
      Schedule schedule,
      Stretch stretch,
      List<WeightLayout.Slot> slots,
      Set<String> head,
      Predicate<Parameter> selected,
      int rank,
      long seed) {
    this.manifold = manifold;
    this.penalty = penalty;
    this.terms = List.copyOf(terms);
    this.tolerance = tolerance;
    this.learningRate = learningRate;
    this.schedule = schedule;
    this.stretch = stretch;
    this.seed = seed;
    for (WeightLayout.Slot slot : slots) {
      Parameter parameter = slot.parameter();
      if (head.contains(parameter.name())) {
        whole.add(slot);
      } else if (selected.test(parameter)) {
        int outputs = parameter.shape().get(0);
        int inputs = parameter.size() / outputs;
        LowRankMatrix matrix = new LowRankMatrix(slot.offset(), outputs, inputs, rank);
        if (matrix.saves()) {
          matrices.add(matrix);
        } else {
          whole.add(slot);
        }
      }
    }
  }

  @Override
  public Step step(Point here, PathState state) {
    float[] base = state.vector(BASE);
    float[] factors = state.vector(FACTORS);
    float[] weights = state.weights();
    if (state.step() == stretch.first()) {
      System.arraycopy(weights, 0, base, 0, base.length);
      begin(factors);
    }
    Gradient gradient = AnchoredSampler.gradient(manifold, here, state, terms, tolerance);
    penalty.addTo(here, state, gradient.vector());
    AnchoredSampler.requireFinite(gradient.vector(), state.step());
    float[] pulled = pull(gradient.vector(), factors);
    Adam adam = Adam.of(state, "", stretch.first());
    double rate = learningRate * schedule.factor(stretch, state.step());
    for (WeightLayout.Slot slot : whole) {
      descend(factors, pulled, slot.offset(), slot.end(), adam, rate);
    }
    for (LowRankMatrix matrix : matrices) {
      descend(factors, pulled, matrix.offset(), matrix.end(), adam, rate);
    }
    float[] before = weights.clone();
    push(base, factors, weights);
    Vector.add(before, -1, weights);
    return new Step(manifold.at(weights), gradient.values()[0], Vector.norm(before));
  }

  private static void descend(
      float[] factors, float[] gradient, int from, int to, Adam adam, double rate) {
    adam.take(gradient, from, to);
    for (int i = from; i < to; i++) {
      factors[i] -= (float) (rate * adam.mean(i) / adam.scale(i));
    }
  }

  private void begin(float[] factors) {
    Arrays.fill(factors, 0);
    for (LowRankMatrix matrix : matrices) {
      matrix.begin(
          factors, Seeds.stream(seed, Seeds.of(FACTORS), stretch.first(), matrix.offset()));
    }
  }

  /** The gradient in the factors; of tensors that move whole, itself. */
  private float[] pull(float[] gradient, float[] factors) {
    float[] pulled = new float[gradient.length];
    for (WeightLayout.Slot slot : whole) {
      System.arraycopy(gradient, slot.offset(), pulled, slot.offset(), slot.parameter().size());
    }
    for (LowRankMatrix matrix : matrices) {
      matrix.pull(gradient, factors, pulled);
    }
    return pulled;
  }

  /** The weights of these factors. */
  private void push(float[] base, float[] factors, float[] weights) {
    for (WeightLayout.Slot slot : whole) {
      for (int i = slot.offset(); i < slot.end(); i++) {
        weights[i] = base[i] + factors[i];
      }
    }
    for (LowRankMatrix matrix : matrices) {
      matrix.push(base, factors, weights);
    }
  }
}
