package org.fip.core.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.util.List;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.Network;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.objective.Widening;
import org.junit.jupiter.api.Test;

class ToleranceTest {
  private static final Network NETWORK = TinyWalk.network();
  private static final Batch ANCHORS = Batch.all("anchors");
  private static final Stretch STRETCH = new Stretch(0, 400);

  private static Manifold manifold() {
    WorkerSpec spec = new WorkerSpec(NETWORK.definition(), 1, 3, 1L << 28);
    return new Manifold(new LocalWorkers(spec, TinyWalk.data(), Device.cpu()), NETWORK.weights());
  }

  /** Walks, and returns the drift where it ends. */
  private static double walk(PathState state, long to, double weight, Double share) {
    List<Term> terms =
        List.of(
            Term.task(new Batch("task", 64, Widening.NONE)),
            Term.drift(Distance.SQUARED_LOGITS, weight, ANCHORS));
    try (Manifold manifold = manifold()) {
      Tolerance tolerance = share == null ? null : new Tolerance(share, 1, STRETCH);
      AnchoredSampler sampler =
          new AnchoredSampler(
              manifold,
              Constraint.NONE,
              Penalty.NONE,
              terms,
              tolerance,
              0.005,
              StepSizes.EQUAL,
              Schedule.CONSTANT,
              STRETCH);
      Point here = manifold.at(state.weights());
      while (state.step() < to) {
        Sampler.Step step = sampler.step(here, state);
        state.advance();
        here.close();
        here = step.point();
      }
      double drift = here.measure(here, Distance.SQUARED_LOGITS, ANCHORS).drift();
      here.close();
      return drift;
    }
  }

  private static PathState start() {
    return new PathState(NETWORK.weights().clone());
  }

  private static double spread() {
    try (Manifold manifold = manifold();
        Point here = manifold.at(NETWORK.weights())) {
      double spread = manifold.referenceSpread(ANCHORS, 0);
      float[] logits = here.outputs("anchors");
      int classes = NETWORK.classes();
      double sum = 0;
      for (int row = 0; row < logits.length; row += classes) {
        double mean = 0;
        for (int c = 0; c < classes; c++) {
          mean += (double) logits[row + c] / classes;
        }
        for (int c = 0; c < classes; c++) {
          sum += Math.pow(logits[row + c] - mean, 2) / 2;
        }
      }
      assertEquals(sum * classes / logits.length, spread, 1e-6 * spread);
      return spread;
    }
  }

  @Test
  void theDriftComesNearTheShareWhateverTheWeightStartsAt() {
    double spread = spread();
    double free = walk(start(), 400, 1e-3, null);
    double share = free / spread / 4;
    for (double weight : new double[] {1e-3, 1e3}) {
      double drift = walk(start(), 400, weight, share) / spread;
      assertTrue(
          drift > share / 2 && drift < 2 * share,
          "drift of %s of the spread for %s from weight %s".formatted(drift, share, weight));
    }
  }

  @Test
  void aPathGoesOnWithTheWeightItHadComeTo() {
    PathState whole = start();
    walk(whole, 30, 0.1, 0.05);
    PathState halves = start();
    walk(halves, 17, 0.1, 0.05);
    walk(halves, 30, 0.1, 0.05);
    assertArrayEquals(whole.weights(), halves.weights());
    assertEquals(whole.scalar(Tolerance.WEIGHT, 0), halves.scalar(Tolerance.WEIGHT, 0));
  }
}
