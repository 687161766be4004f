package org.fip.core.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import java.util.Map;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.Network;
import org.junit.jupiter.api.Test;

class ElasticPenaltyTest {
  private static final Network NETWORK = TinyWalk.network();

  @Test
  void pullsBackByTheFisherInformationOfAllThatWasLearned() {
    WorkerSpec spec = new WorkerSpec(NETWORK.definition(), 2, 3, 1L << 28);
    float[] start = NETWORK.weights();
    int p = start.length;
    try (Manifold manifold =
            new Manifold(
                new LocalWorkers(
                    spec, Map.of("task", TinyWalk.data().get("task").slice(0, 40)), Device.cpu()),
                start);
        Point here = manifold.at(start)) {
      float[] fisher = here.fisherDiagonal("task");
      PathState state = new PathState(start.clone());
      ElasticPenalty first = new ElasticPenalty(3, "task", new Stretch(0, 2));
      float[] gradient = new float[p];
      first.addTo(here, state, gradient);
      assertArrayEquals(new float[p], gradient, "at the start of a stretch");
      for (int i = 0; i < p; i++) {
        state.weights()[i] += 0.5f;
      }
      state.advance();
      first.addTo(here, state, gradient);
      for (int i = 0; i < p; i++) {
        assertEquals(1.5 * fisher[i], gradient[i], 1e-5 * fisher[i]);
      }
      // The next stretch has its own centre, and information of both.
      state.advance();
      ElasticPenalty second = new ElasticPenalty(1, "task", new Stretch(2, 2));
      float[] more = new float[p];
      second.addTo(here, state, more);
      assertArrayEquals(new float[p], more);
      state.weights()[7] += 1;
      state.advance();
      second.addTo(here, state, more);
      assertEquals(2 * fisher[7], more[7], 1e-5 * fisher[7]);
    }
  }
}
