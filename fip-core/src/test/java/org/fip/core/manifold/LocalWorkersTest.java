package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import java.util.List;
import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.network.NetworkDefinition;
import org.junit.jupiter.api.Test;

class LocalWorkersTest extends WorkersContract {
  @Override
  protected Workers open(
      NetworkDefinition network, long seed, int shards, Map<String, EncodedExamples> data) {
    return new LocalWorkers(new WorkerSpec(network, shards, seed, 1024), data, Device.cpu());
  }

  @Override
  protected int workers(int shards) {
    return 1;
  }

  @Test
  void aDefectIsThrownAndTheWorkersGoOn() {
    Map<String, EncodedExamples> data = TinyWalk.data();
    try (Workers workers = open(TinyWalk.network().definition(), 1, 2, data)) {
      assertThrows(RuntimeException.class, () -> workers.round(new ProbeTasks.Defect(), List.of()));
      Published weights = workers.publish(TinyWalk.network().weights());
      assertEquals(4500, workers.round(new EvaluateTask("task"), List.of(weights)).sums()[2]);
    }
  }
}
