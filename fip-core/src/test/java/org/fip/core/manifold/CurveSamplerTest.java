package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.util.Map;
import org.fip.core.geometry.Distance;
import org.fip.core.network.Network;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Widening;
import org.fip.core.path.Constraint;
import org.fip.core.path.Curve;
import org.fip.core.path.CurveSampler;
import org.fip.core.path.Itinerary;
import org.fip.core.path.Schedule;
import org.fip.core.path.Stretch;
import org.fip.core.path.Walk;
import org.fip.core.path.Waypoint;
import org.fip.core.path.WaypointStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurveSamplerTest {
  private static final int STEPS = 120;
  private static final int CHECKPOINT_EVERY = 8;
  private static final Network FROM = TinyWalk.network();
  private static final float[] TO = other();

  /** Large weights of other units: on the straight line they cancel. */
  private static float[] other() {
    float[] to = FROM.weights().clone();
    for (int i = 0; i < to.length; i++) {
      to[i] = -1.5f * to[to.length - 1 - i] + 0.3f;
    }
    return to;
  }

  private static Waypoint relax(WaypointStore store, int bends, int steps) {
    WorkerSpec spec = new WorkerSpec(FROM.definition(), 2, 3, 1 << 30);
    try (Manifold manifold =
        new Manifold(new LocalWorkers(spec, TinyWalk.data(), Device.cpu()), FROM.weights())) {
      Batch batch = new Batch("anchors", 24, Widening.NONE);
      Stretch stretch = new Stretch(0, STEPS);
      CurveSampler.Settings curve =
          new CurveSampler.Settings(bends, Distance.SQUARED_LOGITS, batch, 0.01, 9);
      Walk.Settings settings =
          new Walk.Settings(
              steps, CHECKPOINT_EVERY, 4, 0, Distance.SQUARED_LOGITS, batch, Map.of());
      Walk.Listener listener = new Walk.Listener() {};
      Itinerary itinerary =
          new Itinerary(
              on -> new CurveSampler(on, FROM.weights(), TO, curve, Schedule.LINEAR, stretch),
              Constraint.NONE,
              settings);
      return new Walk(itinerary.on(manifold, listener), store, settings, listener)
          .run(Curve.straight(FROM.weights(), TO, bends).nodes().get(bends / 2 + 1));
    }
  }

  private static double excess(Curve curve) {
    WorkerSpec spec = new WorkerSpec(FROM.definition(), 1, 3, 1 << 30);
    Batch all = Batch.all("anchors");
    try (Manifold manifold =
        new Manifold(new LocalWorkers(spec, TinyWalk.data(), Device.cpu()), FROM.weights())) {
      double length = 0;
      int points = 8 * curve.segments();
      var before = manifold.at(curve.at(0, points));
      var start = before;
      for (int i = 1; i <= points; i++) {
        var here = manifold.at(curve.at(i, points));
        length += Math.sqrt(here.measure(before, Distance.SQUARED_LOGITS, all).measured());
        before = here;
      }
      double chord = Math.sqrt(before.measure(start, Distance.SQUARED_LOGITS, all).measured());
      return length / chord - 1;
    }
  }

  @Test
  void theRelaxedCurveIsHardlyLongerThanTheChordOfOutputs() {
    Waypoint last = relax(new MemoryStore(), 3, STEPS);
    double straight = excess(Curve.straight(FROM.weights(), TO, 3));
    double relaxed = excess(CurveSampler.curve(last.state(), FROM.weights(), TO, 3));
    assertTrue(relaxed < straight / 3, relaxed + " against " + straight);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aWalkThatWasInterruptedEndsAtTheSameCurve(int bends) {
    Waypoint whole = relax(new MemoryStore(), bends, 16);
    MemoryStore store = new MemoryStore();
    store.killAfter(8);
    assertThrows(MemoryStore.Killed.class, () -> relax(store, bends, 16));
    Waypoint resumed = relax(store, bends, 16);
    assertArrayEquals(whole.state().weights(), resumed.state().weights());
    Curve first = CurveSampler.curve(whole.state(), FROM.weights(), TO, bends);
    Curve second = CurveSampler.curve(resumed.state(), FROM.weights(), TO, bends);
    for (int node = 0; node <= bends + 1; node++) {
      assertArrayEquals(first.nodes().get(node), second.nodes().get(node), "node " + node);
    }
  }

  @Test
  void aCurveIsAtItsNodesWhereTheyAre() {
    Curve curve = Curve.straight(FROM.weights(), TO, 2);
    for (int node = 0; node < 4; node++) {
      assertArrayEquals(curve.nodes().get(node), curve.at(5L * node, 15));
    }
    assertNotSame(curve.nodes().get(3), curve.at(15, 15));
    float[] between = curve.at(1, 2);
    for (int i = 0; i < between.length; i++) {
      assertTrue(Math.abs(between[i] - (FROM.weights()[i] + TO[i]) / 2) < 1e-6);
    }
  }
}
