package org.fip.spark.manifold;

import java.io.Serializable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.util.AccumulatorV2;
import org.fip.core.path.Walk;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Tells the driver how far a leg is while it is walked: the newest step comes with the heartbeats
 * that executors send anyway, every ten seconds unless Spark is told otherwise.
 */
final class StageProgress extends SparkListener implements AutoCloseable {
  private final SparkContext spark;
  private final Steps steps = new Steps();
  private final AtomicReference<Step> newest = new AtomicReference<>(Step.NONE);

  /** A step that was taken. */
  record Step(long number, double objective) implements Serializable {
    static final Step NONE = new Step(-1, Double.NaN);

    Step later(Step other) {
      return other.number > number ? other : this;
    }
  }

  /** The newest step, on its way to the driver. */
  static final class Steps extends AccumulatorV2<Step, Step> implements Walk.Listener {
    private static final long serialVersionUID = 1;
    private Step newest = Step.NONE;

    @Override
    public void stepped(long step, double objective) {
      add(new Step(step, objective));
    }

    @Override
    public boolean isZero() {
      return newest.equals(Step.NONE);
    }

    @Override
    public AccumulatorV2<Step, Step> copy() {
      Steps copy = new Steps();
      copy.add(newest);
      return copy;
    }

    @Override
    public void reset() {
      newest = Step.NONE;
    }

    @Override
    public void add(Step step) {
      newest = newest.later(step);
    }

    @Override
    public void merge(AccumulatorV2<Step, Step> other) {
      add(other.value());
    }

    @Override
    public Step value() {
      return newest;
    }
  }

  StageProgress(SparkContext spark) {
    this.spark = spark;
    spark.register(steps, "newest step");
    spark.addSparkListener(this);
  }

  /** Where a rank notes its steps. */
  Steps steps() {
    return steps;
  }

  /** The newest step that the driver has heard of. */
  Step newest() {
    return newest.get();
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    CollectionConverters.asJava(heartbeat.accumUpdates())
        .forEach(task -> CollectionConverters.asJava(task._4()).forEach(this::hear));
  }

  private void hear(AccumulableInfo info) {
    if (info.id() == steps.id() && info.update().isDefined()) {
      newest.accumulateAndGet((Step) info.update().get(), Step::later);
    }
  }

  @Override
  public void close() {
    spark.removeSparkListener(this);
  }
}
