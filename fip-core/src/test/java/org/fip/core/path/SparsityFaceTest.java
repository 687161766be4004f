package org.fip.core.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.fip.core.network.Parameter;
import org.fip.core.network.Parameter.Role;
import org.fip.core.network.WeightLayout;
import org.fip.core.sparsity.Budget;
import org.fip.core.sparsity.Pattern;
import org.fip.core.sparsity.Removal;
import org.junit.jupiter.api.Test;

class SparsityFaceTest {
  private static final WeightLayout LAYOUT =
      new WeightLayout(
          List.of(
              new Parameter("a.bias", List.of(10), Role.OFFSET),
              new Parameter("a.weight", List.of(10, 20), Role.WEIGHT),
              new Parameter("b.weight", List.of(90), Role.WEIGHT)));

  private static SparsityFace face(double target, int stages, long ramp) {
    Removal removal =
        new Removal(
            Pattern.parse("unstructured").orElseThrow().units(null, LAYOUT.slots()), Budget.GLOBAL);
    int goal = (int) Math.ceil(target * LAYOUT.size());
    return new SparsityFace(
        removal,
        new SparsityFace.Settings(0, 0, goal, stages, ramp, RemovalScore.MAGNITUDE, null, null));
  }

  private static PathState state(long seed) {
    Random random = new Random(seed);
    float[] weights = new float[LAYOUT.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    return new PathState(weights);
  }

  private static int zeros(float[] weights) {
    int zeros = 0;
    for (float weight : weights) {
      zeros += weight == 0 ? 1 : 0;
    }
    return zeros;
  }

  @Test
  void endsAtTheTargetShareOfAllCountedWeightsAndLeavesOffsetsAlone() {
    SparsityFace face = face(0.9, 7, 50);
    PathState state = state(1);
    float[] offsets = Arrays.copyOf(state.weights(), 10);
    int before = 0;
    while (state.step() < 60) {
      face.tighten(null, state);
      int now = zeros(state.weights());
      assertTrue(now >= before, "weights came back at step " + state.step());
      before = now;
      state.advance();
    }
    assertEquals(270, before);
    assertEquals(270, zeros(state.weights()));
    for (int i = 0; i < 10; i++) {
      assertEquals(offsets[i], state.weights()[i]);
    }
  }

  @Test
  void smallestWeightsGoFirst() {
    PathState state = state(2);
    float[] start = state.weights().clone();
    double length = face(0.5, 1, 10).tighten(null, state);
    float kept = Float.MAX_VALUE;
    float gone = 0;
    double squared = 0;
    for (int i = 10; i < start.length; i++) {
      float magnitude = Math.abs(start[i]);
      if (state.weights()[i] == 0) {
        gone = Math.max(gone, magnitude);
        squared += magnitude * magnitude;
      } else {
        kept = Math.min(kept, magnitude);
      }
    }
    assertTrue(gone < kept, gone + " went and " + kept + " stayed");
    assertEquals(150, zeros(state.weights()));
    assertEquals(Math.sqrt(squared), length, 1e-5);
  }

  @Test
  void equalWeightsAreRemovedUpToTheCountAndNotFurther() {
    PathState state = new PathState(new float[LAYOUT.size()]);
    Arrays.fill(state.weights(), 0.5f);
    face(0.5, 1, 10).tighten(null, state);
    assertEquals(150, zeros(state.weights()));
  }

  @Test
  void nothingLeadsOutOfTheFace() {
    SparsityFace face = face(0.8, 1, 10);
    PathState state = state(3);
    Arrays.fill(state.vector(Adam.FIRST), 1);
    Arrays.fill(state.vector(Adam.SECOND), 1);
    face.tighten(null, state);
    float[] direction = new float[LAYOUT.size()];
    Arrays.fill(direction, 1);
    face.restrict(direction, state);
    for (int i = 0; i < direction.length; i++) {
      boolean removed = state.weights()[i] == 0;
      assertEquals(removed ? 0 : 1, direction[i]);
      assertEquals(removed ? 0 : 1, state.vector(Adam.FIRST)[i]);
      assertEquals(removed ? 0 : 1, state.vector(Adam.SECOND)[i]);
    }
  }

  @Test
  void moreStagesThanStepsStillEndAtTheTarget() {
    SparsityFace face = face(0.9, 100, 5);
    PathState state = state(4);
    while (state.step() < 6) {
      face.tighten(null, state);
      state.advance();
    }
    assertEquals(270, zeros(state.weights()));
  }
}
