package org.fip.spark.manifold;

import java.util.List;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Published;
import org.fip.core.manifold.ShardTask;
import org.fip.core.manifold.Traffic;
import org.fip.core.manifold.Workers;

/** Workers whose rounds a test sends out changed. */
final class InterceptedWorkers implements Workers {
  private final Workers workers;
  private final Interception interception;
  private long rounds;

  /** What becomes of a round. */
  interface Interception {
    Partial round(long number, ShardTask task, List<Published> vectors, Workers workers);
  }

  InterceptedWorkers(Workers workers, Interception interception) {
    this.workers = workers;
    this.interception = interception;
  }

  @Override
  public Published publish(float[] vector) {
    return workers.publish(vector);
  }

  @Override
  public void withdraw(Published vector) {
    workers.withdraw(vector);
  }

  @Override
  public Partial round(ShardTask task, List<Published> vectors) {
    return interception.round(rounds++, task, vectors, workers);
  }

  @Override
  public Traffic traffic() {
    return workers.traffic();
  }

  @Override
  public void close() {
    workers.close();
  }
}
