package org.fip.spark.manifold;

import java.util.Map;
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
  private boolean removed;

  private WorkerHost() {}

  /** The place of a worker of a run. */
  static WorkerHost of(String run, int worker) {
    return HOSTS.computeIfAbsent(new Key(run, worker), key -> new WorkerHost());
  }

  /** The worker's share of a round, null when the round asks nothing. */
  Partial run(WorkerTask round, Broadcast<WorkerData> data) {
    lockUnlessKilled();
    try {
      if (removed || round.round() < latest) {
        throw new FipException(
            Category.TEMPORARY, "round " + round.round() + " was overtaken by " + latest);
      }
      latest = round.round();
      if (worker == null) {
        WorkerData parts = data.value();
        worker = new Worker(parts.spec(), parts.first(), parts.shards(), Devices.ofTask());
      }
      return round.task() == null
          ? null
          : worker.run(round.task(), round.vectors(), round.liveVectors());
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
