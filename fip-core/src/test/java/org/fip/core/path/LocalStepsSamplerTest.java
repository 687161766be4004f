package org.fip.core.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.Traffic;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.Network;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.objective.Widening;
import org.junit.jupiter.api.Test;

class LocalStepsSamplerTest {
  private static final Network NETWORK = TinyWalk.network();
  private static final Stretch STRETCH = new Stretch(8, 24);

  private static Manifold manifold(int shards) {
    WorkerSpec spec = new WorkerSpec(NETWORK.definition(), shards, 3, 1L << 28);
    return new Manifold(new LocalWorkers(spec, TinyWalk.data(), Device.cpu()), NETWORK.weights());
  }

  private static List<Term> terms(int batch) {
    Batch anchors = new Batch("anchors", 24, Widening.images(true, 1));
    return List.of(
        Term.task(new Batch("task", batch, Widening.NONE)), Term.drift(Distance.KL, 0.5, anchors));
  }

  private static PathState start() {
    PathState state = new PathState(STRETCH.first(), NETWORK.weights().clone());
    state.vector(Adam.FIRST)[0] = 7;
    state.vector(Adam.SECOND)[0] = 7;
    return state;
  }

  private static LocalStepsSampler local(Manifold manifold, int batch, int stride) {
    return new LocalStepsSampler(manifold, terms(batch), 0.01, Schedule.LINEAR, STRETCH, stride);
  }

  private static AnchoredSampler anchored(Manifold manifold) {
    return new AnchoredSampler(
        manifold, Constraint.NONE, terms(64), 0.01, Schedule.LINEAR, STRETCH);
  }

  /** The state at the end of the stretch, and the objective of the first call. */
  private static PathState walk(Manifold manifold, Sampler sampler) {
    PathState state = start();
    Point here = manifold.at(state.weights());
    while (state.step() < STRETCH.last()) {
      Sampler.Step step = sampler.step(here, state);
      for (int i = 0; i < sampler.stride(); i++) {
        state.advance();
      }
      here.close();
      here = step.point();
    }
    here.close();
    return state;
  }

  private static double distance(float[] a, float[] b) {
    float[] difference = a.clone();
    Vector.add(difference, -1, b);
    return Vector.norm(difference);
  }

  private static double length(PathState state) {
    return distance(state.weights(), NETWORK.weights());
  }

  @Test
  void withOneShardItIsTheAnchoredSampler() {
    try (Manifold manifold = manifold(1)) {
      PathState anchored = walk(manifold, anchored(manifold));
      for (int stride : new int[] {2, 8}) {
        PathState local = walk(manifold, local(manifold, 64, stride));
        double apart = distance(local.weights(), anchored.weights()) / length(anchored);
        assertTrue(apart <= 1e-5, stride + " steps a round: relative distance " + apart);
        for (String moments : List.of(Adam.FIRST, Adam.SECOND)) {
          double norm = Vector.norm(anchored.vector(moments));
          double moved = distance(local.vector(moments), anchored.vector(moments));
          assertTrue(moved <= 1e-5 * norm, moments + " differ by " + moved + " of " + norm);
        }
      }
    }
  }

  @Test
  void withMoreShardsItGoesNearby() {
    try (Manifold manifold = manifold(4)) {
      PathState anchored = walk(manifold, anchored(manifold));
      PathState local = walk(manifold, local(manifold, 64, 4));
      double apart = distance(local.weights(), anchored.weights()) / length(anchored);
      assertTrue(apart > 1e-4 && apart < 0.5, "relative distance " + apart);
    }
  }

  @Test
  void theObjectiveIsTheMeanOverTheSteps() {
    double sum = 0;
    try (Manifold manifold = manifold(1)) {
      PathState state = start();
      Point here = manifold.at(state.weights());
      for (int i = 0; i < 4; i++) {
        Sampler.Step step = anchored(manifold).step(here, state);
        state.advance();
        sum += step.objective();
        here = step.point();
      }
      Sampler.Step stride = local(manifold, 64, 4).step(manifold.at(NETWORK.weights()), start());
      assertEquals(sum / 4, stride.objective(), 1e-5);
    }
  }

  @Test
  void aStrideIsOneRoundOfThreeVectors() {
    long vector = 4L * NETWORK.weights().length;
    try (Manifold manifold = manifold(3);
        Point here = manifold.at(NETWORK.weights())) {
      Traffic before = manifold.traffic();
      local(manifold, 64, 8).step(here, start()).point().close();
      Traffic after = manifold.traffic();
      assertEquals(1, after.rounds() - before.rounds());
      assertEquals(3 * vector, after.bytesBroadcast() - before.bytesBroadcast());
      assertEquals(3 * vector, after.bytesReduced() - before.bytesReduced());
    }
  }

  @Test
  void aShardWithoutExamplesIsRefusedInOneLine() {
    try (Manifold manifold = manifold(3);
        Point here = manifold.at(NETWORK.weights())) {
      FipException failure =
          assertThrows(
              FipException.class, () -> local(manifold, 2, 4).step(here, start()).point().close());
      assertEquals(FipException.Category.DATA, failure.category());
      assertTrue(
          failure.getMessage().startsWith("step 8: a batch of 2 examples of task"),
          failure.getMessage());
    }
  }

  @Test
  void weightsThatAreNotFiniteAreRefusedInOneLine() {
    PathState state = start();
    state.weights()[5] = Float.NaN;
    try (Manifold manifold = manifold(2);
        Point here = manifold.at(state.weights())) {
      FipException failure =
          assertThrows(
              FipException.class, () -> local(manifold, 64, 4).step(here, state).point().close());
      assertTrue(failure.getMessage().startsWith("steps 8 to 11: the move is NaN"));
    }
  }

  @Test
  void aWalkMeasuresBetweenStridesOnly() {
    try (Manifold manifold = manifold(1)) {
      Walk.Settings settings =
          new Walk.Settings(32, 8, 6, 0, Distance.KL, Batch.all("anchors"), Map.of());
      Sampler sampler = local(manifold, 64, 4);
      IllegalArgumentException failure =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  new Itinerary(m -> sampler, Constraint.NONE, settings)
                      .on(manifold, new Walk.Listener() {}));
      assertEquals("6 steps are no multiple of the sampler's 4", failure.getMessage());
    }
  }
}
