package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Metric;
import org.fip.core.network.NetworkDefinition;
import org.fip.core.objective.Batch;
import org.junit.jupiter.api.Test;

class LocalWorkersTest extends WorkersContract {
  @Override
  protected Workers open(
      NetworkDefinition network, long seed, int shards, Map<String, EncodedExamples> data) {
    return new LocalWorkers(new WorkerSpec(network, shards, seed, 1L << 28), data, Device.cpu());
  }

  @Override
  protected int workers(int shards) {
    return 1;
  }

  /** Too little to keep a linearisation, and to pass over more than a few examples at once. */
  @Test
  void littleMemoryCostsTimeOnly() {
    Map<String, EncodedExamples> data = Map.of("anchors", TinyNetwork.images("anchors", 96, 3));
    float[] weights = TinyNetwork.network(5).weights();
    float[] direction = TinyNetwork.network(6).weights();
    List<float[]> products = new ArrayList<>();
    for (long memory : new long[] {1L << 28, 1L << 12, 1}) {
      WorkerSpec spec = new WorkerSpec(TinyNetwork.network(5).definition(), 2, 1, memory);
      try (Manifold manifold = new Manifold(new LocalWorkers(spec, data, Device.cpu()), weights);
          Point point = manifold.at(weights)) {
        products.add(point.metricProduct(Metric.FISHER, Batch.all("anchors"), 0, direction));
      }
    }
    for (float[] product : products.subList(1, products.size())) {
      assertArrayEquals(products.get(0), product, 1e-6f);
      assertFalse(Arrays.equals(products.get(0), product), "added in the same pieces");
    }
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
