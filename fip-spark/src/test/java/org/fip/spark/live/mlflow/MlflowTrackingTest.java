package org.fip.spark.live.mlflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.fip.core.path.Measurement;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.WalkPaused;
import org.fip.spark.live.LiveJob;
import org.fip.spark.live.LivePaths;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MlflowTrackingTest {
  @TempDir private Path folder;
  private TrackingServer server;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void start() throws IOException {
    server = new TrackingServer();
    environment.put("MLFLOW_TRACKING_URI", server.address() + "/");
  }

  @AfterEach
  void stop() {
    server.close();
    assertEquals(List.of(), server.errors);
  }

  private MlflowTracking tracking(Duration timeout, Duration patience) {
    return new MlflowTracking(
        MlflowSettings.of(environment).orElseThrow(),
        new Configuration(),
        timeout,
        patience,
        Duration.ofMillis(20));
  }

  private Path walk(Duration patience, ProgressListener... more) {
    Path store = folder.resolve("my path");
    try (LivePaths live = new LivePaths(tracking(Duration.ofSeconds(30), patience))) {
      for (ProgressListener listener : more) {
        live.add(listener);
      }
      LiveJob.run(store, live);
    }
    return store;
  }

  private Path walk(ProgressListener... more) {
    return walk(Duration.ofMinutes(2), more);
  }

  private static ProgressListener pauseAt(long end) {
    return new ProgressListener() {
      @Override
      public void stepped(long step, double objective) {
        if (step == end) {
          throw new WalkPaused();
        }
      }
    };
  }

  private TrackingServer.Run only() {
    assertEquals(1, server.runs.size());
    return server.runs.values().iterator().next();
  }

  /** The run has what the store has, each value once. */
  private void assertComplete(Path store) {
    TrackingServer.Run run = only();
    PathStore path = LiveJob.store(store);
    Map<Long, Double> drift = new TreeMap<>();
    Map<Long, Double> accuracy = new TreeMap<>();
    for (long step : path.steps()) {
      for (Measurement measurement : path.measured(step).measurements()) {
        drift.put(measurement.step(), measurement.drift());
      }
      path.measured(step)
          .evaluation()
          .forEach((set, evaluation) -> accuracy.put(step, evaluation.accuracy()));
    }
    assertEquals(LiveJob.STEPS / 5 + 1, drift.size());
    assertEquals(drift, new TreeMap<>(run.metrics.get("drift")));
    assertEquals(accuracy, new TreeMap<>(run.metrics.get("accuracy/digits 0-3")));
    assertFalse(run.metrics.get("objective").containsKey(0L), "NaN is no value");
    assertEquals("FINISHED", run.status);
  }

  @Test
  void aPathIsARunWithItsRecipeAndMeasurements() {
    Path store = walk();
    assertComplete(store);
    TrackingServer.Run run = only();
    assertEquals("file:" + store, run.tags.get("fip.store"));
    assertEquals("my path", run.tags.get("mlflow.runName"));
    assertEquals("40", run.params.get("path.steps"));
    assertEquals("first", run.params.get("tasks.0.name"));
    assertTrue(server.calls.containsAll(List.of("experiments/create", "runs/create")));
    assertTrue(server.authorizations.stream().allMatch(value -> value == null));
  }

  @Test
  void aResumedPathGoesOnInItsRun() {
    assertThrows(WalkPaused.class, () -> walk(pauseAt(27)));
    assertEquals("RUNNING", only().status);
    walk();
    Path store = walk();
    assertComplete(store);
  }

  @Test
  void aRunThatTheServerHasLostIsMadeAgain() {
    walk();
    server.runs.clear();
    assertComplete(walk());
  }

  @Test
  void whatAnOutageHeldBackIsSentAfterwards() {
    AtomicInteger requests = new AtomicInteger();
    server.gate(call -> requests.incrementAndGet() <= 5 ? 503 : 200);
    assertComplete(walk());
    assertTrue(requests.get() > 5);
  }

  @Test
  void anOutageStopsNoJobAndTheNextRunSendsAll() {
    server.gate(call -> 500);
    walk(Duration.ofMillis(100));
    assertEquals(0, server.runs.size());
    server.gate(call -> 200);
    assertComplete(walk());
  }

  @Test
  void theRunAfterAnOutageSendsAllPathsOfTheJob() {
    List<Path> stores = List.of(folder.resolve("one"), folder.resolve("other"));
    for (int status : new int[] {500, 200}) {
      server.gate(call -> status);
      Duration patience = status == 200 ? Duration.ofMinutes(2) : Duration.ofMillis(100);
      try (LivePaths live = new LivePaths(tracking(Duration.ofSeconds(30), patience))) {
        stores.forEach(store -> LiveJob.run(store, live));
      }
    }
    assertEquals(
        Set.of("file:" + stores.get(0), "file:" + stores.get(1)),
        server.runs.values().stream()
            .map(run -> run.tags.get("fip.store"))
            .collect(Collectors.toSet()));
  }

  @Test
  void aServerThatIsNotThereStopsNoJob() {
    environment.put("MLFLOW_TRACKING_URI", "http://127.0.0.1:1");
    Path store = walk(Duration.ofMillis(100));
    assertTrue(Files.exists(store.resolve("network")));
  }

  @Test
  void aServerThatDoesNotAnswerHoldsUpNothingButTheEnd() {
    CountDownLatch end = new CountDownLatch(1);
    server.gate(
        call -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return 200;
        });
    Path store = walk(Duration.ofMillis(100));
    assertTrue(Files.exists(store.resolve("network")));
    end.countDown();
  }

  @Test
  void aServerThatRefusesIsNotAskedAgain() {
    server.gate(call -> 401);
    walk();
    assertEquals(List.of("experiments/get-by-name"), server.calls);
  }

  @Test
  void credentialsAreSentAndNeverShown() {
    environment.put("MLFLOW_TRACKING_USERNAME", "anna");
    environment.put("MLFLOW_TRACKING_PASSWORD", "s3cret");
    MlflowSettings basic = MlflowSettings.of(environment).orElseThrow();
    assertEquals("Basic YW5uYTpzM2NyZXQ=", basic.authorization().orElseThrow());
    assertFalse(basic.toString().contains("s3cret"));
    environment.remove("MLFLOW_TRACKING_USERNAME");
    environment.put("MLFLOW_TRACKING_TOKEN", "t0ken");
    walk();
    assertTrue(server.authorizations.stream().allMatch("Bearer t0ken"::equals));
  }

  @Test
  void anAddressThatIsNoneIsRefusedWithoutShowingIt() {
    for (String wrong : List.of("file:///mlruns", "http://anna:s3cret@host", "databricks")) {
      environment.put("MLFLOW_TRACKING_URI", wrong);
      FipException failure =
          assertThrows(FipException.class, () -> MlflowSettings.of(environment), wrong);
      assertEquals(FipException.Category.CONFIGURATION, failure.category());
      assertFalse(failure.getMessage().contains("s3cret"), failure.getMessage());
    }
    environment.put("MLFLOW_TRACKING_URI", " ");
    assertTrue(MlflowSettings.of(environment).isEmpty());
  }
}
