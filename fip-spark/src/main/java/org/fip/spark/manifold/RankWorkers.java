package org.fip.spark.manifold;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.fip.core.FipException;
import org.fip.core.manifold.Origins;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Published;
import org.fip.core.manifold.ShardTask;
import org.fip.core.manifold.Traffic;
import org.fip.core.manifold.Worker;
import org.fip.core.manifold.Workers;
import org.fip.spark.allreduce.AllReduce;

/**
 * All workers of a run as one of them sees them that walks in step with the others: a round is its
 * own share and a sum over all. To publish a vector costs no traffic, because everyone has it.
 *
 * <p>Traffic is counted over all ranks: shares sent as reduced, totals sent as broadcast.
 */
final class RankWorkers implements Workers {
  private final Worker worker;
  private final AllReduce sums;
  private final Set<Long> live = new HashSet<>();
  private long nextVector;
  private Traffic traffic = Traffic.NONE;

  /** A vector that the worker has on its device. */
  private record OnDevice(long id) implements Published {
    @Override
    public float[] value() {
      throw new IllegalStateException("vector " + id + " is on its device");
    }
  }

  /** A vector on its way there. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Leaving(long id, float[] value) implements Published {}

  /**
   * A rank's view.
   *
   * @param firstVector numbers from here on are not used for any other vector of the run
   * @param origins what is published already
   */
  RankWorkers(Worker worker, AllReduce sums, long firstVector, Origins origins) {
    this.worker = worker;
    this.sums = sums;
    nextVector = firstVector;
    origins.all().forEach(vector -> live.add(vector.id()));
  }

  @Override
  public Published publish(float[] vector) {
    long id = nextVector++;
    live.add(id);
    worker.hold(new Leaving(id, vector));
    return new OnDevice(id);
  }

  @Override
  public void withdraw(Published vector) {
    live.remove(vector.id());
  }

  @Override
  public Partial round(ShardTask task, List<Published> vectors) {
    int kind = task.getClass().getName().hashCode();
    Partial share;
    try {
      share = worker.run(task, vectors, Set.copyOf(live));
    } catch (FipException e) {
      throw sums.refuse(kind, e);
    }
    long bytes = sums.bytesEachWay(share.vector().length);
    traffic =
        new Traffic(
            traffic.rounds() + 1, traffic.bytesBroadcast() + bytes, traffic.bytesReduced() + bytes);
    return sums.sum(kind, share);
  }

  @Override
  public Traffic traffic() {
    return traffic;
  }

  /** The worker stays. */
  @Override
  public void close() {}
}
