package org.fip.core.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.util.Arrays;
import java.util.List;
import org.fip.core.FipException;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.Traffic;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.Network;
import org.fip.core.network.WeightLayout;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.objective.Widening;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GeodesicSamplerTest {
  private static final Batch TASK = new Batch("task", 64, Widening.NONE);
  private static final Batch ANCHORS = Batch.all("anchors");
  private static final Stretch STRETCH = new Stretch(0, 100);
  private static final Network NETWORK = TinyWalk.network();

  private static Manifold manifold() {
    return manifold(1);
  }

  private static Manifold manifold(int shards) {
    WorkerSpec spec = new WorkerSpec(NETWORK.definition(), shards, 3, 1L << 28);
    return new Manifold(new LocalWorkers(spec, TinyWalk.data(), Device.cpu()), NETWORK.weights());
  }

  private static List<Term> terms(double anchorWeight) {
    return List.of(Term.task(TASK), Term.drift(Distance.SQUARED_LOGITS, anchorWeight, ANCHORS));
  }

  private static GeodesicSampler.Settings settings(
      double anchorWeight, double budget, double learningRate, int maxRejections) {
    return settings(Solver.EXACT, anchorWeight, budget, learningRate, maxRejections);
  }

  private static GeodesicSampler.Settings settings(
      Solver solver, double anchorWeight, double budget, double learningRate, int maxRejections) {
    return new GeodesicSampler.Settings(
        solver,
        Metric.EUCLIDEAN,
        ANCHORS,
        anchorWeight,
        8,
        budget,
        Double.POSITIVE_INFINITY,
        learningRate,
        maxRejections);
  }

  private static GeodesicSampler sampler(Manifold manifold, GeodesicSampler.Settings settings) {
    return new GeodesicSampler(
        manifold,
        Constraint.NONE,
        terms(settings.anchorWeight()),
        settings,
        Schedule.CONSTANT,
        STRETCH);
  }

  @Test
  void withoutAMetricItIsAdam() {
    try (Manifold manifold = manifold();
        Point here = manifold.at(NETWORK.weights())) {
      PathState geodesic = new PathState(NETWORK.weights().clone());
      sampler(manifold, settings(1e-9, 1e9, 1e-3, 0)).step(here, geodesic).point().close();
      PathState adam = new PathState(NETWORK.weights().clone());
      new AnchoredSampler(manifold, Constraint.NONE, terms(1e-9), 1e-3, Schedule.CONSTANT, STRETCH)
          .step(here, adam)
          .point()
          .close();
      for (int i = 0; i < adam.weights().length; i++) {
        assertEquals(adam.weights()[i], geodesic.weights()[i], 2e-6, "weight " + i);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStepThatGoesAsPredictedCostsWhatIsForeseen(Solver solver) {
    List<Term> terms =
        List.of(
            Term.task(new Batch("task", 90, Widening.NONE)),
            Term.drift(Distance.KL, 1, new Batch("anchors", 30, Widening.NONE)));
    GeodesicSampler.Settings settings =
        new GeodesicSampler.Settings(
            solver,
            Metric.EUCLIDEAN,
            terms.get(1).batch(),
            1,
            3,
            1e9,
            Double.POSITIVE_INFINITY,
            1e-3,
            0);
    try (Manifold manifold = manifold();
        Point here = manifold.at(NETWORK.weights())) {
      PathState state = new PathState(NETWORK.weights().clone());
      Stretch one = new Stretch(0, 1);
      new GeodesicSampler(manifold, Constraint.NONE, terms, settings, Schedule.CONSTANT, one)
          .step(here, state)
          .point()
          .close();
      assertEquals(GeodesicSampler.gradients(solver, 3, 0.25), Costs.gradients(state), 1e-12);
    }
  }

  @ParameterizedTest
  @CsvSource({"EXACT,1", "EXACT,3", "LOCAL,1", "LOCAL,3"})
  void stepsStayInsideTheOutputBudgetWhereTheMetricHolds(Solver solver, int shards) {
    double budget = 1e-4;
    try (Manifold manifold = manifold(shards)) {
      PathState state = new PathState(NETWORK.weights().clone());
      GeodesicSampler sampler = sampler(manifold, settings(solver, 0.1, budget, 0.05, 8));
      Point here = manifold.at(state.weights());
      for (int i = 0; i < 5; i++) {
        Sampler.Step step = sampler.step(here, state);
        state.advance();
        double moved = step.point().displacementFrom(here, Metric.EUCLIDEAN, ANCHORS, state.step());
        assertTrue(moved > 0 && moved <= 3 * budget, "step " + i + " moved outputs by " + moved);
        here.close();
        here = step.point();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStrongerMetricMovesTheOutputsLess(Solver solver) {
    try (Manifold manifold = manifold(3);
        Point here = manifold.at(NETWORK.weights())) {
      double before = Double.POSITIVE_INFINITY;
      for (double anchorWeight : new double[] {0.01, 1, 100}) {
        PathState state = new PathState(NETWORK.weights().clone());
        try (Point there =
            sampler(manifold, settings(solver, anchorWeight, 1e9, 1e-3, 8))
                .step(here, state)
                .point()) {
          double moved = there.displacementFrom(here, Metric.EUCLIDEAN, ANCHORS, 0);
          assertTrue(moved < before, anchorWeight + ": " + moved + " after " + before);
          before = moved;
        }
      }
    }
  }

  /**
   * A state at all weights zero, where outputs do not move to first order but for the last offset,
   * with a momentum along everything else: the metric predicts nothing of what such a step does.
   */
  private static PathState misleading() {
    PathState state = new PathState(5, new float[NETWORK.weights().length]);
    Arrays.fill(state.vector(Adam.FIRST), 1);
    Arrays.fill(state.vector(Adam.SECOND), 1);
    WeightLayout.Slot offset = NETWORK.layout().find("fc3.bias").orElseThrow();
    Arrays.fill(state.vector(Adam.FIRST), offset.offset(), offset.end(), 0);
    return state;
  }

  @ParameterizedTest
  @CsvSource({"EXACT,1", "LOCAL,1", "LOCAL,3"})
  void stepsThatTheMetricMispredictsAreRejectedAndShortened(Solver solver, int shards) {
    double budget = 1e-3;
    try (Manifold manifold = manifold(shards);
        Point here = manifold.at(misleading().weights())) {
      PathState state = misleading();
      GeodesicSampler sampler = sampler(manifold, settings(solver, 1, budget, 0.5, 40));
      try (Point there = sampler.step(here, state).point()) {
        assertTrue(state.scalar("geodesic.rejected", 0) > 0, "nothing was rejected");
        assertTrue(state.scalar("geodesic.trust", 1) < 1, "eta did not shrink");
        double moved = there.displacementFrom(here, Metric.EUCLIDEAN, ANCHORS, 5);
        assertTrue(moved <= 3 * budget, "outputs moved by " + moved);
      }
    }
  }

  @Test
  void givesUpWithOneLineWhenNothingGoesAsPredicted() {
    try (Manifold manifold = manifold();
        Point here = manifold.at(misleading().weights())) {
      PathState state = misleading();
      GeodesicSampler sampler = sampler(manifold, settings(1, 1e-3, 0.5, 0));
      FipException failure =
          assertThrows(FipException.class, () -> sampler.step(here, state).point().close());
      assertEquals(FipException.Category.DATA, failure.category());
      assertTrue(
          failure.getMessage().startsWith("step 5: 1 trials in a row"), failure.getMessage());
    }
  }

  /** Weights 0 to 9 stay as they are. */
  private static final Constraint TEN_FIXED =
      new Constraint() {
        @Override
        public double tighten(Point here, PathState state) {
          return 0;
        }

        @Override
        public void restrict(float[] direction, PathState state) {
          Arrays.fill(direction, 0, 10, 0);
        }
      };

  private static float[] moves(
      Solver solver, int shards, Constraint constraint, double anchorWeight, int steps) {
    try (Manifold manifold = manifold(shards)) {
      PathState state = new PathState(NETWORK.weights().clone());
      GeodesicSampler sampler =
          new GeodesicSampler(
              manifold,
              constraint,
              terms(anchorWeight),
              settings(solver, anchorWeight, 1e-2, 0.02, 8),
              Schedule.CONSTANT,
              STRETCH);
      Point here = manifold.at(state.weights());
      for (int i = 0; i < steps; i++) {
        Sampler.Step step = sampler.step(here, state);
        state.advance();
        here.close();
        here = step.point();
      }
      here.close();
      float[] moves = state.weights().clone();
      Vector.add(moves, -1, NETWORK.weights());
      return moves;
    }
  }

  private static double distance(float[] a, float[] b) {
    float[] difference = a.clone();
    Vector.add(difference, -1, b);
    return Vector.norm(difference) / Vector.norm(b);
  }

  /** Of a system that rounding does not spoil: conjugate gradients are sensitive to it. */
  @Test
  void theLocalSolutionOfOneShardIsTheExactOne() {
    for (Constraint constraint : List.of(Constraint.NONE, TEN_FIXED)) {
      float[] exact = moves(Solver.EXACT, 1, constraint, 0.1, 3);
      float[] local = moves(Solver.LOCAL, 1, constraint, 0.1, 3);
      double apart = distance(local, exact);
      assertTrue(apart <= 1e-5, "relative distance " + apart);
    }
  }

  @Test
  void fixedWeightsStayWhoeverSolves() {
    for (Solver solver : Solver.values()) {
      float[] moves = moves(solver, 3, TEN_FIXED, 0.1, 2);
      assertArrayEquals(new float[10], Arrays.copyOf(moves, 10));
      assertTrue(Vector.norm(moves) > 0);
    }
  }

  @Test
  void localSolutionsOfManyExamplesAreNearTheExactOne() {
    float[] exact = moves(Solver.EXACT, 3, Constraint.NONE, 0.1, 1);
    double apart = distance(moves(Solver.LOCAL, 3, Constraint.NONE, 0.1, 1), exact);
    assertTrue(apart > 0 && apart <= 0.05, "relative distance " + apart);
  }

  private static GeodesicSampler.Settings local(int iterations) {
    return new GeodesicSampler.Settings(
        Solver.LOCAL, Metric.EUCLIDEAN, ANCHORS, 1, iterations, 1e9, 1e9, 1e-3, 8);
  }

  @Test
  void aLocalStepTakesTwoRoundsAfterTheFirstWhateverTheIterations() {
    long p = 4L * NETWORK.weights().length;
    for (int iterations : new int[] {1, 8}) {
      try (Manifold manifold = manifold(3)) {
        Sampler sampler = sampler(manifold, local(iterations));
        PathState state = new PathState(NETWORK.weights().clone());
        Point here = manifold.at(NETWORK.weights());
        for (int i = 0; i < 4; i++) {
          Traffic before = manifold.traffic();
          Point next = sampler.step(here, state).point();
          Traffic taken = manifold.traffic().minus(before);
          assertEquals(i == 0 ? 3 : 2, taken.rounds());
          assertEquals(3 * p, taken.bytesBroadcast());
          assertEquals(i == 0 ? 3 * p : 2 * p, taken.bytesReduced());
          here.close();
          here = next;
          state.advance();
        }
        here.close();
      }
    }
  }

  /** What an interrupted walk does: the gradient is taken again, to the same bits. */
  @Test
  void aGradientThatATrialTookIsThatOfTheNextStep() {
    float[][] ends = new float[2][];
    for (int i = 0; i < 2; i++) {
      try (Manifold manifold = manifold(3)) {
        Sampler sampler = sampler(manifold, local(3));
        PathState state = new PathState(NETWORK.weights().clone());
        Point here = manifold.at(NETWORK.weights());
        for (int step = 0; step < 4; step++) {
          Sampler own = i == 0 ? sampler : sampler(manifold, local(3));
          Point next = own.step(here, state).point();
          here.close();
          here = next;
          state.advance();
        }
        here.close();
        ends[i] = state.weights();
      }
    }
    assertArrayEquals(ends[0], ends[1]);
  }
}
