package org.fip.spark.manifold;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.broadcast.Broadcast;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Worker;

/**
 * The place of one worker in this process. Executors keep a worker from round to round; an executor
 * that gets a task of a worker it does not have builds that worker, so a worker whose executor is
 * lost comes up elsewhere and nobody needs to know.
 *
 * <p>Two attempts of one task may meet here, because Spark starts a slow task again: they take
 * turns, and an attempt that a later round has overtaken gives up, as nobody waits for it.
 */
final class WorkerHost {
  private static final Map<Key, WorkerHost> HOSTS = new ConcurrentHashMap<>();

  private record Key(String run, int worker) {}

  private final ReentrantLock lock = new ReentrantLock();
  private Worker worker;
  private long latest = -1;
  private Held held = Held.NOTHING;
  private boolean removed;

  /** Vectors that may be asked for in parts, since a round or leg. */
  private record Held(long number, List<float[]> vectors) {
    static final Held NOTHING = new Held(-1, List.of());
  }

  private WorkerHost() {}

  /** The place of a worker of a run. */
  static WorkerHost of(String run, int worker) {
    return HOSTS.computeIfAbsent(new Key(run, worker), key -> new WorkerHost());
  }

  /**
   * The worker's share of a round, null when the round asks nothing. A vector longer than what
   * travels in an answer is held until the next round.
   */
  Partial run(WorkerTask round, Broadcast<WorkerData> data) {
    return use(
        round.round(),
        data,
        present -> {
          held = Held.NOTHING;
          if (round.task() == null) {
            return null;
          }
          Partial share = present.run(round.task(), round.vectors(), round.liveVectors());
          if (share.vector().length > round.most()) {
            held = new Held(round.round(), List.of(share.vector()));
          }
          return share;
        });
  }

  /** The state that the worker's rank came to in a leg, if it is still here. */
  Optional<List<float[]>> held(long number) {
    lockUnlessKilled();
    try {
      return held.number == number ? Optional.of(held.vectors) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** The vector that a worker holds since a round, or null when it is not here. */
  static float[] share(String run, int worker, long number) {
    WorkerHost host = HOSTS.get(new Key(run, worker));
    return host == null ? null : host.held(number).map(vectors -> vectors.get(0)).orElse(null);
  }

  /** A copy of a part of what is held since a round or leg, or null when it is not here. */
  float[] held(long number, FetchTask.Piece piece) {
    return held(number)
        .map(v -> Arrays.copyOfRange(v.get(piece.vector()), piece.from(), piece.to()))
        .orElse(null);
  }

  /** What a leg does with the worker; its vectors are held afterwards. */
  interface Leg {
    List<float[]> run(Worker worker);
  }

  /** Lends the worker for a leg, during which nothing is held. */
  void run(long number, Broadcast<WorkerData> data, Leg leg) {
    use(
        number,
        data,
        present -> {
          held = Held.NOTHING;
          held = new Held(number, leg.run(present));
          return null;
        });
  }

  private interface Use {
    Partial run(Worker worker);
  }

  private Partial use(long number, Broadcast<WorkerData> data, Use use) {
    lockUnlessKilled();
    try {
      if (removed || number < latest) {
        throw new FipException(
            Category.TEMPORARY, "round " + number + " was overtaken by " + latest);
      }
      latest = number;
      if (worker == null) {
        WorkerData parts = data.value();
        worker = new Worker(parts.spec(), parts.first(), parts.shards(), Devices.ofTask());
      }
      return use.run(worker);
    } catch (FipException e) {
      throw e;
    } catch (Throwable e) {
      // What an engine's failure leaves behind is not known; the next attempt starts from nothing.
      discard();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private void lockUnlessKilled() {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FipException(Category.TEMPORARY, "interrupted", e);
    }
  }

  private void discard() {
    held = Held.NOTHING;
    if (worker != null) {
      worker.close();
      worker = null;
    }
  }

  /** Closes the workers of the run that live here but not in the set; busy ones stay for now. */
  static void retain(String run, Set<Integer> workers) {
    HOSTS.forEach(
        (key, host) -> {
          if (key.run.equals(run) && !workers.contains(key.worker) && host.lock.tryLock()) {
            host.remove(key);
          }
        });
  }

  /** Closes all workers of the run that live here. */
  static void close(String run) {
    ShareServers.close(run);
    HOSTS.forEach(
        (key, host) -> {
          if (key.run.equals(run)) {
            host.lock.lock();
            host.remove(key);
          }
        });
  }

  private void remove(Key key) {
    try {
      HOSTS.remove(key);
      removed = true;
      discard();
    } finally {
      lock.unlock();
    }
  }
}
