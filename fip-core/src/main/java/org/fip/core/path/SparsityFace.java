package org.fip.core.path;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Point;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout;
import org.fip.core.objective.Batch;
import org.fip.core.solver.ConjugateGradients;

/**
 * A coordinate face of weight space, on which all removed weights are zero, that narrows in stages:
 * at each, the smallest of the remaining weights go, after a cubic schedule (Zhu and Gupta 2017,
 * arXiv 1710.01878), and the path goes on inside the face.
 *
 * <p>With compensation, the kept weights move by the solution of G_ss d_s = -G_sr d_r as others are
 * removed (the surgeon of Hassibi and Stork 1993 with the exact metric, many removals at once), by
 * conjugate gradients.
 */
public final class SparsityFace implements Constraint {
  /** State vector: 1 where a weight is removed, 0 where it is kept. */
  public static final String REMOVED = "face.removed";

  /**
   * Settings of the face.
   *
   * @param target share of the counted weights that are removed in the end
   * @param stages how many times the face narrows
   * @param rampSteps steps over which the stages are spread
   * @param compensation batch that the metric is taken over, or null to only remove
   * @param compensationIterations conjugate-gradient iterations of a stage
   */
  public record Settings(
      double target, int stages, long rampSteps, Batch compensation, int compensationIterations)
      implements Serializable {}

  /** Damping of the compensation as a share of the metric's mean curvature along the removal. */
  private static final double DAMPING = 1e-3;

  private final Settings settings;
  private final List<WeightLayout.Slot> removable = new ArrayList<>();
  private final int counted;

  /**
   * A face of the tensors of a network.
   *
   * @param counted what the target is a share of: of these, tensors of role WEIGHT are removable
   */
  public SparsityFace(List<WeightLayout.Slot> counted, Settings settings) {
    this.settings = settings;
    this.counted = counted.stream().mapToInt(slot -> slot.parameter().size()).sum();
    for (WeightLayout.Slot slot : counted) {
      if (slot.parameter().role() == Parameter.Role.WEIGHT) {
        removable.add(slot);
      }
    }
  }

  /** How many of the counted weights are removed once the stage that starts at a step is done. */
  private int removedAfter(int stage) {
    double left = 1 - (double) stage / settings.stages();
    int wanted = (int) Math.ceil(settings.target() * (1 - left * left * left) * counted);
    return Math.min(wanted, removable.stream().mapToInt(s -> s.parameter().size()).sum());
  }

  /** The stage that starts at a step, from 1, or 0 when none does. */
  private int stageAt(long step) {
    for (int stage = 1; stage <= settings.stages(); stage++) {
      if ((stage - 1) * settings.rampSteps() / settings.stages() == step) {
        int last = stage;
        while (last < settings.stages()
            && last * settings.rampSteps() / settings.stages() == step) {
          last++;
        }
        return last;
      }
    }
    return 0;
  }

  @Override
  public double tighten(Point here, PathState state) {
    int stage = stageAt(state.step());
    if (stage == 0) {
      return 0;
    }
    float[] removed = state.vector(REMOVED);
    float[] move = remove(state.weights(), removed, removedAfter(stage));
    if (settings.compensation() != null) {
      compensate(here, state, removed, move);
    }
    double length = Vector.norm(move);
    Vector.add(state.weights(), 1, move);
    for (float[] vector :
        List.of(state.weights(), state.vector(Adam.FIRST), state.vector(Adam.SECOND))) {
      restrict(vector, state);
    }
    return length;
  }

  /** Marks the smallest weights as removed until there are {@code target}; returns the move. */
  private float[] remove(float[] weights, float[] removed, int target) {
    float[] magnitudes = new float[removable.stream().mapToInt(s -> s.parameter().size()).sum()];
    int kept = 0;
    int already = 0;
    for (WeightLayout.Slot slot : removable) {
      for (int i = slot.offset(); i < slot.end(); i++) {
        if (removed[i] == 0) {
          magnitudes[kept++] = Math.abs(weights[i]);
        } else {
          already++;
        }
      }
    }
    float[] move = new float[weights.length];
    int more = target - already;
    if (more <= 0) {
      return move;
    }
    float[] sorted = Arrays.copyOf(magnitudes, kept);
    Arrays.sort(sorted);
    float threshold = sorted[more - 1];
    int equal = 0;
    while (equal < more && sorted[more - 1 - equal] == threshold) {
      equal++;
    }
    for (WeightLayout.Slot slot : removable) {
      for (int i = slot.offset(); i < slot.end(); i++) {
        float magnitude = Math.abs(weights[i]);
        if (removed[i] != 0 || magnitude > threshold || (magnitude == threshold && equal == 0)) {
          continue;
        }
        if (magnitude == threshold) {
          equal--;
        }
        removed[i] = 1;
        move[i] = -weights[i];
      }
    }
    return move;
  }

  private void compensate(Point here, PathState state, float[] removed, float[] move) {
    Batch batch = settings.compensation();
    double squared = Vector.dot(move, move);
    if (squared == 0) {
      return;
    }
    float[] force = here.metricProduct(Metric.EUCLIDEAN, batch, state.step(), move);
    float damping = (float) (DAMPING * Vector.dot(move, force) / squared);
    float[] b = force.clone();
    Vector.scale(b, -1);
    restrict(b, state);
    float[] diagonal = new float[b.length];
    Arrays.fill(diagonal, 1);
    ConjugateGradients.Solution<float[]> solution =
        ConjugateGradients.solve(
            HostVectors.INSTANCE,
            p -> {
              float[] product = here.metricProduct(Metric.EUCLIDEAN, batch, state.step(), p);
              Vector.add(product, damping, p);
              restrict(product, state);
              return product;
            },
            diagonal,
            b,
            settings.compensationIterations(),
            1e-2);
    for (int i = 0; i < move.length; i++) {
      if (removed[i] == 0) {
        move[i] = solution.x()[i];
      }
    }
  }

  @Override
  public void restrict(float[] direction, PathState state) {
    float[] removed = state.vector(REMOVED);
    for (int i = 0; i < direction.length; i++) {
      if (removed[i] != 0) {
        direction[i] = 0;
      }
    }
  }
}
