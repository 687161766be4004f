package org.fip.core.manifold;

import ai.djl.Device;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fip.core.data.EncodedExamples;

/** All shards in this process, without any distribution. */
public final class LocalWorkers implements Workers {
  private final Worker worker;
  private final Set<Long> live = new LinkedHashSet<>();
  private Traffic traffic = Traffic.NONE;
  private long next;

  @SuppressWarnings("ArrayRecordComponent")
  private record Copy(long id, float[] value) implements Published {}

  /** Divides the data sets into the shards that {@code spec} asks for. */
  public LocalWorkers(WorkerSpec spec, Map<String, EncodedExamples> data, Device device) {
    worker = new Worker(spec, 0, spec.divide(data), device);
  }

  @Override
  public Published publish(float[] vector) {
    Copy copy = new Copy(next++, vector.clone());
    live.add(copy.id);
    traffic = traffic.plusBroadcast(vector.length, 1);
    return copy;
  }

  @Override
  public void withdraw(Published vector) {
    live.remove(vector.id());
  }

  @Override
  public Partial round(ShardTask task, List<Published> vectors) {
    Partial result = worker.run(task, vectors, Set.copyOf(live));
    traffic = traffic.plusRound((long) Float.BYTES * result.vector().length);
    return result;
  }

  @Override
  public Traffic traffic() {
    return traffic;
  }

  @Override
  public void close() {
    worker.close();
  }
}
