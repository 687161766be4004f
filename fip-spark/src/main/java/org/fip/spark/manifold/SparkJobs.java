package org.fip.spark.manifold;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import scala.Function1;
import scala.collection.Iterator;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/** Jobs with one answer for each partition, awaited as long as there are executors. */
final class SparkJobs {
  /** How long a job waits for Spark to bring up an executor when the last one is lost. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  private static final Duration POLL = Duration.create(1, TimeUnit.SECONDS);

  private final SparkContext spark;
  private final ExecutorPool executors;

  /** How Spark's first line ends when a task of a barrier stage has failed. */
  private static final String OF_A_BARRIER = "finished unsuccessfully.";

  SparkJobs(SparkContext spark, ExecutorPool executors) {
    this.spark = spark;
    this.executors = executors;
  }

  /**
   * How a job ended.
   *
   * @param answers by partition
   * @param failure why there are none, or null
   */
  record Outcome<T>(List<T> answers, Throwable failure) {
    /** The answers, or a failure that says what to do. */
    List<T> require(String name) {
      if (failure != null) {
        throw new FipException(
            Category.TEMPORARY,
            String.format(
                "%s failed: %s; run the same command again, it goes on from the newest waypoint",
                name, reason()),
            failure);
      }
      return answers;
    }

    /** The first line of the failure, with the next where that has what happened in a task. */
    String reason() {
      List<String> lines = String.valueOf(failure.getMessage()).lines().limit(2).toList();
      if (lines.isEmpty()) {
        return failure.toString();
      }
      return lines.size() > 1 && lines.get(0).endsWith(OF_A_BARRIER)
          ? lines.get(0) + " " + lines.get(1).strip()
          : lines.get(0);
    }
  }

  /**
   * Runs a job over all partitions.
   *
   * @throws FipException TEMPORARY when there has been no executor for minutes
   */
  <S, T> Outcome<T> run(RDD<S> rdd, Function1<Iterator<S>, T> task, T[] answers, String name) {
    return run(rdd, task, answers, name, () -> {});
  }

  /** The same, calling {@code meanwhile} every second. */
  <S, T> Outcome<T> run(
      RDD<S> rdd, Function1<Iterator<S>, T> task, T[] answers, String name, Runnable meanwhile) {
    SimpleFutureAction<BoxedUnit> job = submit(rdd, task, answers);
    try {
      while (!job.isCompleted()) {
        waitFor(job);
        meanwhile.run();
        if (executors.nanosEmpty() > PATIENCE_NANOS) {
          job.cancel();
          throw new FipException(
              Category.TEMPORARY,
              "all executors are lost and no other has come for two minutes; run the same command"
                  + " again when the cluster is well, it goes on from the newest waypoint");
        }
      }
    } catch (InterruptedException e) {
      job.cancel();
      Thread.currentThread().interrupt();
      throw new FipException(Category.TEMPORARY, "interrupted in " + name, e);
    }
    scala.util.Try<BoxedUnit> outcome = job.value().get();
    return outcome.isFailure()
        ? new Outcome<>(List.of(), outcome.failed().get())
        : new Outcome<>(Arrays.asList(answers), null);
  }

  /** Runs a job for a second at most, whose end nobody needs. */
  <S, T> void tell(RDD<S> rdd, Function1<Iterator<S>, T> task, T[] answers) {
    try {
      waitFor(submit(rdd, task, answers));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <S, T> SimpleFutureAction<BoxedUnit> submit(
      RDD<S> rdd, Function1<Iterator<S>, T> task, T[] answers) {
    return spark.submitJob(
        rdd,
        task,
        CollectionConverters.asScala(
                IntStream.range(0, answers.length).<Object>mapToObj(i -> i).toList())
            .toSeq(),
        (partition, answer) -> {
          answers[(Integer) partition] = answer;
          return BoxedUnit.UNIT;
        },
        () -> BoxedUnit.UNIT);
  }

  private static void waitFor(SimpleFutureAction<?> job) throws InterruptedException {
    try {
      Await.ready(job, POLL);
    } catch (TimeoutException e) {
      // Asked again by the caller.
    }
  }
}
