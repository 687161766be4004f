package org.fip.core.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.util.List;
import java.util.Set;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.Network;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.junit.jupiter.api.Test;

class LowRankSamplerTest {
  private static final Network NETWORK = TinyWalk.network();
  private static final Stretch STRETCH = new Stretch(0, 60);
  private static final List<Term> TERMS =
      List.of(Term.task(Batch.all("task")), Term.drift(Distance.KL, 0.1, Batch.all("anchors")));

  private static Manifold manifold() {
    WorkerSpec spec = new WorkerSpec(NETWORK.definition(), 1, 3, 1L << 28);
    return new Manifold(new LocalWorkers(spec, TinyWalk.data(), Device.cpu()), NETWORK.weights());
  }

  private static LowRankSampler sampler(Manifold manifold, Penalty penalty, double rate, int rank) {
    return new LowRankSampler(
        manifold,
        penalty,
        TERMS,
        null,
        rate,
        Schedule.CONSTANT,
        STRETCH,
        NETWORK.layout().slots(),
        Set.copyOf(NETWORK.graph().head()),
        parameter -> parameter.role() == Parameter.Role.WEIGHT,
        rank,
        5);
  }

  /** The objective before each step. */
  private static double[] walk(PathState state, int steps, double rate, int rank) {
    return walk(state, Penalty.NONE, steps, rate, rank);
  }

  private static double[] walk(PathState state, Penalty penalty, int steps, double rate, int rank) {
    double[] objectives = new double[steps];
    try (Manifold manifold = manifold()) {
      LowRankSampler sampler = sampler(manifold, penalty, rate, rank);
      Point here = manifold.at(state.weights());
      for (int i = 0; i < steps; i++) {
        Sampler.Step step = sampler.step(here, state);
        state.advance();
        objectives[i] = step.objective();
        here.close();
        here = step.point();
      }
      here.close();
    }
    return objectives;
  }

  private static float[] change(PathState state, WeightLayout.Slot slot) {
    float[] change = new float[slot.parameter().size()];
    for (int i = 0; i < change.length; i++) {
      change[i] = state.weights()[slot.offset() + i] - NETWORK.weights()[slot.offset() + i];
    }
    return change;
  }

  @Test
  void matricesChangeByTheRankAskedForTheHeadFreelyAndOffsetsNotAtAll() {
    PathState state = new PathState(NETWORK.weights().clone());
    double[] objectives = walk(state, 60, 0.02, 1);
    assertTrue(objectives[59] < objectives[0] - 0.01, objectives[0] + " fell to " + objectives[59]);
    for (WeightLayout.Slot slot : NETWORK.layout().slots()) {
      String name = slot.parameter().name();
      float[] change = change(state, slot);
      if (NETWORK.graph().head().contains(name)) {
        assertTrue(Vector.norm(change) > 1e-3, name + " is of the head");
      } else if (slot.parameter().shape().size() == 1) {
        assertEquals(0, Vector.norm(change), name);
      } else {
        assertTrue(Vector.norm(change) > 1e-3, name + " stayed");
        assertRankOne(change, slot.parameter().shape().get(1), name);
      }
    }
  }

  /** All minors of two rows and two columns vanish. */
  private static void assertRankOne(float[] matrix, int columns, String name) {
    double scale = Vector.norm(matrix);
    int rows = matrix.length / columns;
    for (int row = 1; row < rows; row++) {
      for (int column = 1; column < columns; column++) {
        double minor =
            (double) matrix[0] * matrix[row * columns + column]
                - (double) matrix[column] * matrix[row * columns];
        assertEquals(0, minor, 1e-5 * scale * scale, name);
      }
    }
  }

  @Test
  void aStepGoesDownhillInTheFactors() {
    // The change to first order of the objective along the step, against central differences.
    PathState state = new PathState(NETWORK.weights().clone());
    walk(state, 3, 0.02, 2);
    float[] before = state.weights().clone();
    walk(state, 1, 1e-4, 2);
    float[] direction = state.weights().clone();
    Vector.add(direction, -1, before);
    try (Manifold manifold = manifold();
        Point point = manifold.at(before)) {
      double slope = Vector.dot(point.gradient(TERMS, 0).vector(), direction);
      assertTrue(slope < 0, "slope " + slope);
    }
  }

  @Test
  void aPenaltyHoldsTheWeightsThatTheFactorsMake() {
    double[] moved = new double[2];
    double[] pulls = {0, 100};
    for (int i = 0; i < 2; i++) {
      double pull = pulls[i];
      Penalty elastic =
          (here, state, gradient) -> {
            for (int k = 0; k < gradient.length; k++) {
              gradient[k] += (float) (pull * (state.weights()[k] - NETWORK.weights()[k]));
            }
          };
      PathState state = new PathState(NETWORK.weights().clone());
      walk(state, elastic, 60, 0.005, 1);
      for (WeightLayout.Slot slot : NETWORK.layout().slots()) {
        moved[i] += Math.pow(Vector.norm(change(state, slot)), 2);
      }
    }
    assertTrue(moved[1] < moved[0] / 4, moved[1] + " with it, " + moved[0] + " without");
  }

  @Test
  void aPathGoesOnFromItsState() {
    PathState whole = new PathState(NETWORK.weights().clone());
    walk(whole, 8, 0.02, 2);
    PathState halves = new PathState(NETWORK.weights().clone());
    walk(halves, 5, 0.02, 2);
    walk(halves, 3, 0.02, 2);
    assertArrayEquals(whole.weights(), halves.weights());
  }
}
