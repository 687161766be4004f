package org.fip.core.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
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
  private final List<Matrix> matrices = new ArrayList<>();
  private final List<WeightLayout.Slot> whole = new ArrayList<>();

  /** A matrix of w that has factors. */
  private record Matrix(int offset, int outputs, int inputs, int rank) {
    int firstOfB() {
      return offset + rank * inputs;
    }
  }

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
        if ((long) rank * (outputs + inputs) < parameter.size()) {
          matrices.add(new Matrix(slot.offset(), outputs, inputs, rank));
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
    Adam adam = Adam.update(state, pulled, stretch.first());
    double rate = learningRate * schedule.factor(stretch, state.step());
    for (int i = 0; i < factors.length; i++) {
      factors[i] -= (float) (rate * adam.mean(i) / adam.scale(i));
    }
    float[] before = weights.clone();
    push(base, factors, weights);
    Vector.add(before, -1, weights);
    return new Step(manifold.at(weights), gradient.values()[0], Vector.norm(before));
  }

  private void begin(float[] factors) {
    Arrays.fill(factors, 0);
    for (Matrix matrix : matrices) {
      SplittableRandom random =
          Seeds.stream(seed, Seeds.of(FACTORS), stretch.first(), matrix.offset);
      double bound = 1 / Math.sqrt(matrix.inputs);
      for (int i = matrix.offset; i < matrix.firstOfB(); i++) {
        factors[i] = (float) (bound * (2 * random.nextDouble() - 1));
      }
    }
  }

  /** The gradient in the factors: dA = B^T dW, dB = dW A^T; of tensors that move whole, itself. */
  private float[] pull(float[] gradient, float[] factors) {
    float[] pulled = new float[gradient.length];
    for (WeightLayout.Slot slot : whole) {
      System.arraycopy(gradient, slot.offset(), pulled, slot.offset(), slot.parameter().size());
    }
    for (Matrix m : matrices) {
      for (int o = 0; o < m.outputs; o++) {
        int row = m.offset + o * m.inputs;
        if (isZero(gradient, row, m.inputs)) {
          continue;
        }
        for (int r = 0; r < m.rank; r++) {
          int a = m.offset + r * m.inputs;
          double sum = 0;
          for (int i = 0; i < m.inputs; i++) {
            sum += (double) gradient[row + i] * factors[a + i];
          }
          pulled[m.firstOfB() + o * m.rank + r] = (float) sum;
          add(factors[m.firstOfB() + o * m.rank + r], gradient, row, pulled, a, m.inputs);
        }
      }
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
    for (Matrix m : matrices) {
      System.arraycopy(base, m.offset, weights, m.offset, m.outputs * m.inputs);
      for (int o = 0; o < m.outputs; o++) {
        int row = m.offset + o * m.inputs;
        for (int r = 0; r < m.rank; r++) {
          int a = m.offset + r * m.inputs;
          add(factors[m.firstOfB() + o * m.rank + r], factors, a, weights, row, m.inputs);
        }
      }
    }
  }

  /** Whether a row is all zeros, as those of tokens are that no text of a step has. */
  private static boolean isZero(float[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (values[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Adds a multiple of some elements to others: short enough a loop to be made of vectors. */
  private static void add(float factor, float[] of, int from, float[] to, int at, int count) {
    if (factor != 0) {
      for (int i = 0; i < count; i++) {
        to[at + i] += factor * of[from + i];
      }
    }
  }
}
