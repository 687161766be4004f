package org.fip.core.path;

import java.io.Serializable;
import java.util.List;
import org.fip.core.manifold.Point;
import org.fip.core.sparsity.Removal;

/**
 * A coordinate face of weight space, on which all removed weights are zero, that narrows in stages:
 * at each, those of the remaining weights go that count least, after a cubic schedule (Zhu and
 * Gupta 2017, arXiv 1710.01878), and the path goes on inside the face.
 */
public final class SparsityFace implements Constraint {
  private static final long serialVersionUID = 1;

  /** State vector: 1 where a weight is removed, 0 where it is kept. */
  public static final String REMOVED = "face.removed";

  /**
   * Settings of the face.
   *
   * @param first the step of the first stage
   * @param from how many weights are removed before it
   * @param goal how many are removed in the end
   * @param stages how many times the face narrows
   * @param rampSteps steps over which the stages are spread
   * @param score which weights go first
   * @param compensation how the kept weights move at a stage, or null when they stay
   * @param renormalization how batch normalisations are set after that, or null when they stay
   */
  public record Settings(
      long first,
      int from,
      int goal,
      int stages,
      long rampSteps,
      RemovalScore score,
      Compensation compensation,
      Renormalization renormalization)
      implements Serializable {}

  private final Settings settings;
  private final Removal removal;

  /** A face that removes what may be. */
  public SparsityFace(Removal removal, Settings settings) {
    this.settings = settings;
    this.removal = removal;
  }

  /** How many weights are removed once a stage is done. */
  private int removedAfter(int stage) {
    double left = 1 - (double) stage / settings.stages();
    int more = settings.goal() - settings.from();
    return settings.from() + (int) Math.ceil((1 - left * left * left) * more);
  }

  /** The stage that starts at a step, from 1, or 0 when none does. */
  private int stageAt(long step) {
    for (int stage = 1; stage <= settings.stages(); stage++) {
      if (start(stage) == step) {
        int last = stage;
        while (last < settings.stages() && start(last + 1) == step) {
          last++;
        }
        return last;
      }
    }
    return 0;
  }

  private long start(int stage) {
    return settings.first() + (stage - 1) * settings.rampSteps() / settings.stages();
  }

  @Override
  public double tighten(Point here, PathState state) {
    int stage = stageAt(state.step());
    if (stage == 0) {
      return 0;
    }
    float[] weights = state.weights();
    float[] removed = state.vector(REMOVED);
    removal.remove(settings.score().of(here, state), removed, removedAfter(stage));
    float[] move = new float[weights.length];
    for (int i = 0; i < move.length; i++) {
      move[i] = removed[i] == 0 ? 0 : -weights[i];
    }
    if (settings.compensation() != null) {
      settings.compensation().add(here, state.step(), move, v -> restrict(v, state));
    }
    float[] before = weights.clone();
    Vector.add(weights, 1, move);
    restrict(weights, state);
    if (settings.renormalization() != null) {
      settings.renormalization().apply(here, state.step(), weights);
    }
    for (float[] vector : List.of(weights, state.vector(Adam.FIRST), state.vector(Adam.SECOND))) {
      restrict(vector, state);
    }
    Vector.add(before, -1, weights);
    return Vector.norm(before);
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
