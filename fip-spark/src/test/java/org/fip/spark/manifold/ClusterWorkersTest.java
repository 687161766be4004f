package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.Gradient;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.Traffic;
import org.fip.core.manifold.Wire;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.manifold.Workers;
import org.fip.core.manifold.WorkersContract;
import org.fip.core.network.NetworkDefinition;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract on two executors that are processes of their own: two workers. */
class ClusterWorkersTest extends WorkersContract {
  private static final int BLOCK = TinyWalk.network().weights().length / 3 - 1;
  private static final long SEED = 7;
  private static final NetworkDefinition NETWORK = TinyWalk.network().definition();
  private static final Map<String, EncodedExamples> DATA = TinyWalk.data();
  private static final List<Term> TERMS =
      List.of(Term.task(Batch.all("task")), Term.drift(Distance.KL, 1, Batch.all("anchors")));

  private static SparkContext spark;

  @BeforeAll
  static void start() {
    spark = TestSpark.start(TestSpark.CLUSTER);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Override
  protected Workers open(
      NetworkDefinition network, long seed, int shards, Map<String, EncodedExamples> data) {
    return new SparkWorkers(
        spark, network, new WorkersSettings(seed, shards, WorkersSettings.MEMORY), data);
  }

  @Override
  protected int workers(int shards) {
    return Math.min(shards, 2);
  }

  private static Workers inBlocks(Wire wire, int block) {
    return workers(wire, block, block);
  }

  private static Workers overConnections(Wire wire) {
    return workers(wire, 1 << 20, 1);
  }

  private static Workers workers(Wire wire, int block, int withAnswer) {
    WorkersSettings settings =
        new WorkersSettings(SEED, 2, WorkersSettings.MEMORY, Communication.DRIVER, wire);
    return new SparkWorkers(spark, NETWORK, settings, DATA, block, withAnswer);
  }

  private static Workers local() {
    return new LocalWorkers(
        new WorkerSpec(NETWORK, 2, SEED, WorkersSettings.MEMORY), DATA, Device.cpu());
  }

  /** The gradient away from the reference, and what it took. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Asked(float[] gradient, double[] values, Traffic traffic) {
    static Asked of(Workers workers) {
      float[] weights = TinyWalk.network().weights().clone();
      for (int i = 0; i < weights.length; i++) {
        weights[i] *= 1 + (i % 5) / 10f;
      }
      try (Manifold manifold = new Manifold(workers, TinyWalk.network().weights());
          Point point = manifold.at(weights)) {
        Gradient gradient = point.gradient(TERMS, 0);
        return new Asked(gradient.vector(), gradient.values(), manifold.traffic());
      }
    }
  }

  @Test
  void blocksDoNotShow() {
    Asked local = Asked.of(local());
    Asked inBlocks = Asked.of(inBlocks(Wire.FLOAT32, BLOCK));
    assertArrayEquals(local.gradient, inBlocks.gradient);
    assertArrayEquals(local.values, inBlocks.values);
    assertEquals(2 * local.traffic.bytesReduced(), inBlocks.traffic.bytesReduced());
  }

  /** How many jobs of Spark's that takes. */
  private static int jobs(Runnable work) throws TimeoutException {
    AtomicInteger started = new AtomicInteger();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart event) {
            started.incrementAndGet();
          }
        };
    spark.listenerBus().waitUntilEmpty();
    spark.addSparkListener(listener);
    work.run();
    spark.listenerBus().waitUntilEmpty();
    spark.removeSparkListener(listener);
    return started.get();
  }

  @Test
  void connectionsDoNotShow() throws TimeoutException {
    Asked local = Asked.of(local());
    Asked connected = Asked.of(overConnections(Wire.FLOAT32));
    assertArrayEquals(local.gradient, connected.gradient);
    assertArrayEquals(local.values, connected.values);
    assertEquals(2 * local.traffic.bytesReduced(), connected.traffic.bytesReduced());
    // What does not come over a connection takes a job more.
    int withAnswers = jobs(() -> Asked.of(workers(Wire.FLOAT32, 1 << 20, 1 << 20)));
    assertEquals(withAnswers, jobs(() -> Asked.of(overConnections(Wire.FLOAT32))));
    assertTrue(withAnswers < jobs(() -> Asked.of(inBlocks(Wire.FLOAT32, BLOCK))));
  }

  @Test
  void bfloat16HalvesWhatComesBackAndRoundsTheTotal() {
    Asked exact = Asked.of(local());
    Asked whole = Asked.of(inBlocks(Wire.BFLOAT16, 1 << 20));
    Asked inBlocks = Asked.of(inBlocks(Wire.BFLOAT16, BLOCK));
    assertArrayEquals(whole.gradient, inBlocks.gradient);
    assertArrayEquals(whole.gradient, Asked.of(overConnections(Wire.BFLOAT16)).gradient);
    assertEquals(exact.traffic.bytesReduced(), whole.traffic.bytesReduced());
    assertEquals(2 * exact.traffic.bytesBroadcast(), whole.traffic.bytesBroadcast());
    assertFalse(Arrays.equals(exact.gradient, whole.gradient), "nothing was rounded");
    float[] rounded = whole.gradient.clone();
    Wire.BFLOAT16.round(rounded, 0, rounded.length);
    assertArrayEquals(rounded, whole.gradient);
    double error = 0;
    double norm = 0;
    for (int i = 0; i < rounded.length; i++) {
      error += Math.pow(rounded[i] - exact.gradient[i], 2);
      norm += Math.pow(exact.gradient[i], 2);
    }
    // Three roundings of a relative error of 2^-9 at most; shares may cancel.
    assertEquals(0, Math.sqrt(error / norm), 0x3p-9, "relative error");
  }
}
