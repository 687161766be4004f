package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Published;
import org.fip.core.manifold.Shard;
import org.fip.core.manifold.ShardTask;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.Vectors;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.manifold.Workers;
import org.fip.core.path.Walk;
import org.fip.core.path.Waypoint;
import org.fip.core.path.WaypointStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors that die at chosen points of rounds and while the driver commits. */
class KilledExecutorTest {
  private static final long SEED = 7;
  private static final int KILLS_OF_A_KIND = 1;
  private static final int ROUNDS_BETWEEN = 8;

  @TempDir private Path folder;

  /** Where in a round an executor dies. */
  private enum Kill {
    /** It has fetched the broadcast of a vector. */
    FETCHING,
    /** It is reading the round's task, which is a broadcast too. */
    DECODING,
    /** It has its share, and the driver has not. */
    COMPUTED
  }

  /** Ends this process once. */
  private static void dieOnce(String marker) {
    try {
      Files.createFile(Path.of(marker));
      Runtime.getRuntime().halt(137);
    } catch (FileAlreadyExistsException e) {
      // Somebody else has died of it.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record DeadlyVector(Published vector, String marker) implements Published {
    @Override
    public long id() {
      return vector.id();
    }

    @Override
    public float[] value() {
      float[] value = vector.value();
      dieOnce(marker);
      return value;
    }
  }

  private static final class DeadlyTask implements ShardTask {
    @Serial private static final long serialVersionUID = 1;

    private final ShardTask task;
    private final Kill kill;
    private final String marker;

    DeadlyTask(ShardTask task, Kill kill, String marker) {
      this.task = task;
      this.kill = kill;
      this.marker = marker;
    }

    @Serial
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      if (kill == Kill.DECODING) {
        dieOnce(marker);
      }
    }

    @Override
    public Partial run(Shard shard, Vectors vectors) {
      Partial share = task.run(shard, vectors);
      if (kill == Kill.COMPUTED) {
        dieOnce(marker);
      }
      return share;
    }
  }

  /** Makes every so many rounds deadly, until all kinds of death have been died. */
  private final class Killer implements InterceptedWorkers.Interception {
    final Map<Kill, Integer> killed = new EnumMap<>(Kill.class);
    private final Deque<Kill> ahead = new ArrayDeque<>();
    private long newest = -1;
    private long next = ROUNDS_BETWEEN;

    Killer() {
      for (int i = 0; i < KILLS_OF_A_KIND; i++) {
        ahead.addAll(Arrays.asList(Kill.values()));
      }
    }

    @Override
    public Partial round(long number, ShardTask task, List<Published> vectors, Workers workers) {
      long before = newest;
      newest = vectors.stream().mapToLong(Published::id).reduce(newest, Math::max);
      Kill kill = number < next ? null : ahead.peek();
      if (kill == null || (kill == Kill.FETCHING && newest == before)) {
        return workers.round(task, vectors);
      }
      ahead.remove();
      next = number + ROUNDS_BETWEEN;
      Path marker = folder.resolve(kill + "-" + number);
      List<Published> sent =
          kill == Kill.FETCHING
              ? vectors.stream().map(v -> deadly(v, before, marker)).toList()
              : vectors;
      Partial sum = workers.round(new DeadlyTask(task, kill, marker.toString()), sent);
      assertTrue(Files.exists(marker), "nobody died " + kill);
      killed.merge(kill, 1, Integer::sum);
      return sum;
    }

    private static Published deadly(Published vector, long before, Path marker) {
      return vector.id() > before ? new DeadlyVector(vector, marker.toString()) : vector;
    }
  }

  /** Loses an executor in the middle of each commit. */
  private static final class Committing implements WaypointStore {
    private final SparkContext spark;
    private int killed;

    Committing(SparkContext spark) {
      this.spark = spark;
    }

    @Override
    public Optional<Waypoint> newest() {
      return Optional.empty();
    }

    @Override
    public void commit(Waypoint waypoint) {
      if (waypoint.step() == 0 || killed == KILLS_OF_A_KIND) {
        return;
      }
      long process =
          JavaSparkContext.fromSparkContext(spark)
              .parallelize(List.of(1), 1)
              .map(i -> ProcessHandle.current().pid())
              .first();
      ProcessHandle executor = ProcessHandle.of(process).orElseThrow();
      assertTrue(executor.destroyForcibly());
      executor.onExit().join();
      killed++;
    }
  }

  @Test
  void walkEndsAtTheSameBits() {
    var network = TinyWalk.network().definition();
    WorkerSpec spec = new WorkerSpec(network, 2, SEED, WorkersSettings.MEMORY);
    float[] expected = walk(new LocalWorkers(spec, TinyWalk.data(), Device.cpu()), new NoStore());
    SparkContext spark =
        new SparkContext(TestSpark.conf(TestSpark.CLUSTER).set("spark.locality.wait", "200ms"));
    try {
      Workers workers =
          new SparkWorkers(
              spark,
              network,
              new WorkersSettings(SEED, 2, WorkersSettings.MEMORY),
              TinyWalk.data());
      Killer killer = new Killer();
      Committing store = new Committing(spark);
      float[] actual = walk(new InterceptedWorkers(workers, killer), store);
      assertArrayEquals(expected, actual);
      for (Kill kill : Kill.values()) {
        assertEquals(KILLS_OF_A_KIND, killer.killed.get(kill), kill.toString());
      }
      assertEquals(KILLS_OF_A_KIND, store.killed);
      System.out.printf(
          "executors killed: %s, COMMITTING=%d; 0 wrong results%n", killer.killed, store.killed);
    } finally {
      spark.stop();
    }
  }

  private static float[] walk(Workers workers, WaypointStore store) {
    return TinyWalk.GEODESIC.run(workers, store, new Walk.Listener() {}).state().weights();
  }
}
