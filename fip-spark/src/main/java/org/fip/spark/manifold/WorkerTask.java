package org.fip.spark.manifold;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Published;
import org.fip.core.manifold.ShardTask;
import org.fip.core.manifold.Wire;
import org.fip.spark.allreduce.Secret;
import scala.Function1;
import scala.collection.Iterator;

/**
 * One round as the executors get it: a task of Spark for each worker, whose partition is the
 * worker's index. Everything large stands behind a broadcast.
 *
 * @param run the run's identifier
 * @param round the round's number
 * @param task what the shards compute, or null to only build the worker
 * @param vectors what the task reads
 * @param live numbers of all published vectors
 * @param data what each worker is built from
 * @param placement for each worker the executor that it is meant to live on
 * @param wire how shares travel
 * @param most floats that travel in the answer; a longer vector is held and asked for
 * @param secret of those who may ask for it over a connection of their own; null when none may
 */
@SuppressWarnings("ArrayRecordComponent")
record WorkerTask(
    String run,
    long round,
    ShardTask task,
    List<Published> vectors,
    long[] live,
    List<Broadcast<WorkerData>> data,
    String[] placement,
    Wire wire,
    int most,
    Secret secret)
    implements Function1<Iterator<Integer>, Share>, Serializable {

  @Override
  public Share apply(Iterator<Integer> token) {
    int worker = TaskContext.getPartitionId();
    String executor = SparkEnv.get().executorId();
    try {
      if (executor.equals(placement[worker])) {
        WorkerHost.retain(run, workersOn(executor));
      }
      Partial share = WorkerHost.of(run, worker).run(this, data.get(worker));
      return share == null ? Share.empty(executor) : answer(executor, share);
    } catch (FipException e) {
      if (e.category() == Category.TEMPORARY) {
        throw e;
      }
      return Share.failed(executor, e);
    }
  }

  private Share answer(String executor, Partial share) {
    boolean isHeld = share.vector().length > most;
    String address = isHeld && secret != null ? ShareServers.address(run, secret) : null;
    return Share.of(executor, share, wire, isHeld, address);
  }

  Set<Long> liveVectors() {
    return Arrays.stream(live).boxed().collect(Collectors.toUnmodifiableSet());
  }

  private Set<Integer> workersOn(String executor) {
    return IntStream.range(0, placement.length)
        .filter(worker -> placement[worker].equals(executor))
        .boxed()
        .collect(Collectors.toUnmodifiableSet());
  }
}
