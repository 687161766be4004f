package org.fip.spark.manifold;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import scala.Function1;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.concurrent.ExecutionContext;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * Tasks that need nothing of one another, each a job of Spark's with one task: what ends one of
 * them, such as an executor that it brings down every time, is not the end of the others. The
 * caller hands over a few more than there are cores, so that no core waits for the driver. Each
 * holds a GPU where executors have any.
 *
 * @param <K> what the caller knows a task by
 */
public final class TaskPool<K> implements AutoCloseable {
  private static final ClassTag<Integer> INTEGER = ClassTag$.MODULE$.apply(Integer.class);

  /** How long there may be no executor at all. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  /** What an executor computes; the text is its answer. */
  public interface Work extends Serializable {
    /** Runs in a task of Spark's. */
    String run();
  }

  /**
   * A task that has ended.
   *
   * @param key what the caller knows it by
   * @param answer of the task; empty when there is none
   * @param failure why there is none
   */
  public record Ended<K>(K key, Optional<String> answer, Optional<Throwable> failure) {}

  private final SparkContext spark;
  private final ExecutorPool executors;
  private final RDD<Integer> token;
  private final Seq<Object> partition;
  private final BlockingQueue<Ended<K>> ended = new LinkedBlockingQueue<>();
  private final Map<K, SimpleFutureAction<BoxedUnit>> running = new HashMap<>();

  /**
   * Waits for the executors that the settings ask for.
   *
   * @throws FipException TEMPORARY when none has started
   */
  public TaskPool(SparkContext spark) {
    this.spark = spark;
    executors = new ExecutorPool(spark);
    boolean opened = false;
    try {
      executors.await();
      RDD<Integer> one =
          spark.makeRDD(CollectionConverters.asScala(List.of(0)).toSeq(), 1, INTEGER);
      token = DeviceStage.of(spark, one);
      partition = CollectionConverters.asScala(List.<Object>of(0)).toSeq();
      opened = true;
    } finally {
      if (!opened) {
        executors.close();
      }
    }
  }

  /** How many tasks all executors run at once, as of now. */
  public int slots() {
    return executors.alive().stream().mapToInt(this::slotsOf).sum();
  }

  /** How many tasks one executor runs at once at most. */
  public int slotsOfOne() {
    return executors.alive().stream().mapToInt(this::slotsOf).max().orElse(1);
  }

  private int slotsOf(Executor executor) {
    return DeviceStage.slots(spark.conf(), executor.cores());
  }

  /** Whether a task more would keep a core from waiting. */
  public boolean hasRoom() {
    return running.size() < Math.max(2, 2 * slots());
  }

  /** How many tasks have not ended. */
  public int running() {
    return running.size();
  }

  /** Starts a task, now or when a core is free; there must be none of that key. */
  public void submit(K key, Work work) {
    String[] answer = new String[1];
    SimpleFutureAction<BoxedUnit> job =
        spark.submitJob(
            token,
            new Task(work),
            partition,
            (index, text) -> {
              answer[0] = text;
              return BoxedUnit.UNIT;
            },
            () -> BoxedUnit.UNIT);
    running.put(key, job);
    job.onComplete(
        outcome ->
            ended.add(
                outcome.isSuccess()
                    ? new Ended<>(key, Optional.ofNullable(answer[0]), Optional.empty())
                    : new Ended<>(key, Optional.empty(), Optional.of(outcome.failed().get()))),
        ExecutionContext.global());
  }

  /**
   * Waits for a task that ends; there must be one that has not been returned.
   *
   * @param millis how long at most
   * @return empty when none has ended
   * @throws FipException TEMPORARY when there has been no executor for minutes
   */
  public Optional<Ended<K>> next(long millis) {
    try {
      Ended<K> next = ended.poll(millis, TimeUnit.MILLISECONDS);
      if (next != null) {
        running.remove(next.key());
        return Optional.of(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FipException(Category.TEMPORARY, "interrupted while tasks were running", e);
    }
    if (executors.nanosEmpty() > PATIENCE_NANOS) {
      throw new FipException(
          Category.TEMPORARY,
          "all executors are lost and no other has come for two minutes; run the same command again"
              + " when the cluster is well, it goes on where it stopped");
    }
    return Optional.empty();
  }

  /** Cancels what is running. */
  @Override
  public void close() {
    executors.close();
    if (!spark.isStopped()) {
      running.values().forEach(SimpleFutureAction::cancel);
    }
  }

  /** A task as Spark's executors get it. */
  private record Task(Work work) implements Function1<Iterator<Integer>, String>, Serializable {
    @Override
    public String apply(Iterator<Integer> ignored) {
      return work.run();
    }
  }
}
