package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.Wire;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.NetworkDefinition;
import org.fip.core.path.Constraint;
import org.fip.core.path.Itinerary;
import org.fip.core.path.Measurement;
import org.fip.core.path.PathState;
import org.fip.core.path.Walk;
import org.fip.core.path.Walker;
import org.fip.core.path.Waypoint;
import org.fip.core.path.WaypointStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.jdk.javaapi.CollectionConverters;

/** Walks whose steps are taken on all executors at once end at the bits of one machine. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StageWalkerTest {
  private static final long SEED = 7;
  private static final int MOST = 4;
  private static final NetworkDefinition NETWORK = TinyWalk.network().definition();
  private static final Walk.Listener NOBODY = new Walk.Listener() {};

  private static SparkContext spark;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    SparkConf conf = TestSpark.conf("local-cluster[%d,1,1024]".formatted(MOST));
    conf.set("spark.scheduler.maxRegisteredResourcesWaitingTime", "2m");
    // Steps come with heartbeats; often, so that some come in a short leg.
    spark = new SparkContext(conf.set("spark.executor.heartbeatInterval", "50ms"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Keeps what was told and measured. */
  private static final class Journal implements WaypointStore, Walk.Listener {
    private final List<Long> told = new ArrayList<>();
    private final List<Measurement> measurements = new ArrayList<>();
    private final List<Long> steps = new ArrayList<>();

    @Override
    public Optional<Waypoint> newest() {
      return Optional.empty();
    }

    @Override
    public void stepped(long step, double objective) {
      told.add(step);
    }

    @Override
    public void commit(Waypoint waypoint) {
      steps.add(waypoint.step());
      measurements.addAll(waypoint.measurements());
    }
  }

  private static Waypoint local(TinyWalk walk, int shards, Journal journal) {
    WorkerSpec spec = new WorkerSpec(NETWORK, shards, SEED, WorkersSettings.MEMORY);
    return walk.run(new LocalWorkers(spec, TinyWalk.data(), Device.cpu()), journal, NOBODY);
  }

  private static Waypoint cluster(
      TinyWalk walk,
      int ranks,
      Communication communication,
      Wire wire,
      Constraint constraint,
      Journal journal) {
    WorkersSettings settings =
        new WorkersSettings(SEED, ranks, WorkersSettings.MEMORY, communication, wire);
    // What is sent again after a loss goes in blocks.
    int block = constraint == null ? 1 << 20 : TinyWalk.network().weights().length / 2;
    SparkWorkers workers =
        new SparkWorkers(spark, NETWORK, settings, TinyWalk.data(), block, block);
    try (Manifold manifold = new Manifold(workers, TinyWalk.network().weights())) {
      Itinerary itinerary = walk.itinerary();
      Itinerary own =
          constraint == null
              ? itinerary
              : new Itinerary(itinerary.sampler(), constraint, itinerary.settings());
      return walk.run(SparkWorkers.walker(workers, manifold, own, journal), journal, journal);
    }
  }

  private static void assertSame(Waypoint expected, Waypoint actual) {
    assertEquals(expected.step(), actual.step());
    assertArrayEquals(expected.state().weights(), actual.state().weights());
    assertEquals(expected.state().vectors().keySet(), actual.state().vectors().keySet());
    expected
        .state()
        .vectors()
        .forEach((name, vector) -> assertArrayEquals(vector, actual.state().vector(name), name));
    assertEquals(expected.evaluation(), actual.evaluation());
    assertFalse(expected.evaluation().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"GEODESIC,2", "SPARSE,2", "ANCHORED,3", "LOCAL_STEPS,3", "GEODESIC_LOCAL,4"})
  void endAtTheBitsOfOneMachine(TinyWalk walk, int ranks) {
    Journal expected = new Journal();
    Journal actual = new Journal();
    assertSame(
        local(walk, ranks, expected),
        cluster(walk, ranks, Communication.EXECUTORS, Wire.FLOAT32, null, actual));
    assertEquals(expected.steps, actual.steps);
    assertEquals(actual.told.stream().sorted().distinct().toList(), actual.told);
    assertEquals(
        actual.steps.get(actual.steps.size() - 1), actual.told.get(actual.told.size() - 1));
    assertEquals(expected.measurements.size(), actual.measurements.size());
    for (int i = 0; i < expected.measurements.size(); i++) {
      Measurement here = expected.measurements.get(i);
      Measurement there = actual.measurements.get(i);
      assertEquals(here.step(), there.step());
      assertEquals(here.objective(), there.objective());
      assertEquals(here.drift(), there.drift());
      assertEquals(here.measured(), there.measured());
      assertEquals(here.lengthWeights(), there.lengthWeights());
      assertEquals(here.rounds(), there.rounds());
    }
  }

  @Test
  void bfloat16GivesTheSameBitsInTheDriverAndOnExecutors() {
    Waypoint driver =
        cluster(TinyWalk.ANCHORED, 3, Communication.DRIVER, Wire.BFLOAT16, null, new Journal());
    Journal journal = new Journal();
    assertSame(
        driver,
        cluster(TinyWalk.ANCHORED, 3, Communication.EXECUTORS, Wire.BFLOAT16, null, journal));
    Measurement third = journal.measurements.get(1);
    Measurement fourth = journal.measurements.get(2);
    assertEquals(List.of(3L, 4L), List.of(third.step(), fourth.step()));
    // One gradient at half the bytes, of which each of three ranks keeps a third.
    long vector = 4L * TinyWalk.network().weights().length;
    assertEquals(vector, fourth.bytesReduced() - third.bytesReduced());
    assertEquals(vector, fourth.bytesBroadcast() - third.bytesBroadcast());
  }

  /** Ends the process of one rank, once. */
  private record Killing(String marker, long step, int rank) implements Constraint {
    @Override
    public double tighten(Point here, PathState state) {
      if (state.step() == step
          && TaskContext.get() != null
          && TaskContext.getPartitionId() == rank) {
        try {
          Files.createFile(Path.of(marker));
          Runtime.getRuntime().halt(1);
        } catch (FileAlreadyExistsException e) {
          // Killed before.
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return 0;
    }

    @Override
    public void restrict(float[] direction, PathState state) {}
  }

  @Test
  void aKilledRankCostsTimeOnly() {
    Journal journal = new Journal();
    Path marker = folder.resolve("killed");
    Waypoint expected = local(TinyWalk.ANCHORED, 2, new Journal());
    Waypoint actual =
        cluster(
            TinyWalk.ANCHORED,
            2,
            Communication.EXECUTORS,
            Wire.FLOAT32,
            new Killing(marker.toString(), 6, 1),
            journal);
    assertTrue(Files.exists(marker), "no rank was killed");
    assertSame(expected, actual);
    assertEquals(List.of(0L, 4L, 8L, 12L), journal.steps);
  }

  /** Fails on every rank, as a gradient that is not finite does. */
  private record Failing(long step) implements Constraint {
    @Override
    public double tighten(Point here, PathState state) {
      if (state.step() == step) {
        throw FipException.data("step %d: wrong data", step);
      }
      return 0;
    }

    @Override
    public void restrict(float[] direction, PathState state) {}
  }

  @Test
  void aFailureOfAStepIsThrownAsItIs() {
    FipException failure =
        assertThrows(
            FipException.class,
            () ->
                cluster(
                    TinyWalk.ANCHORED,
                    2,
                    Communication.EXECUTORS,
                    Wire.FLOAT32,
                    new Failing(2),
                    new Journal()));
    assertEquals(Category.DATA, failure.category());
    assertEquals("step 2: wrong data", failure.getMessage());
  }

  /** The last test: the executor does not come back. */
  @Test
  @Order(Integer.MAX_VALUE)
  void theDriverTakesTheStepsThatAStageHasNoRoomFor() throws Exception {
    Itinerary itinerary = TinyWalk.ANCHORED.itinerary();
    float[] weights = TinyWalk.network().weights();
    WorkerSpec spec = new WorkerSpec(NETWORK, MOST, SEED, WorkersSettings.MEMORY);
    SparkWorkers workers =
        new SparkWorkers(
            spark,
            NETWORK,
            new WorkersSettings(SEED, MOST, WorkersSettings.MEMORY),
            TinyWalk.data());
    try (Manifold local =
            new Manifold(new LocalWorkers(spec, TinyWalk.data(), Device.cpu()), weights);
        Manifold manifold = new Manifold(workers, weights)) {
      Walker expected = itinerary.on(local, NOBODY);
      Walker driver = itinerary.on(manifold, NOBODY);
      Walker walker =
          new StageWalker(workers, itinerary, manifold.origins(), driver, NOBODY, Duration.ZERO);
      assertTrue(workers.hasRoomForAll());
      PathState first = walker.walk(new PathState(weights.clone()), 4).state();
      PathState firstExpected = expected.walk(new PathState(weights.clone()), 4).state();
      assertArrayEquals(firstExpected.weights(), first.weights());
      killForGood(spark.getExecutorIds().apply(0));
      assertFalse(workers.hasRoomForAll());
      assertArrayEquals(
          expected.walk(firstExpected, 8).state().weights(),
          walker.walk(first, 8).state().weights());
    }
  }

  private static void killForGood(String executor) throws Exception {
    CountDownLatch removed = new CountDownLatch(1);
    spark.addSparkListener(
        new SparkListener() {
          @Override
          public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
            removed.countDown();
          }
        });
    assertTrue(spark.killExecutors(CollectionConverters.asScala(List.of(executor)).toSeq()));
    assertTrue(removed.await(60, TimeUnit.SECONDS), "the executor is still there");
  }
}
