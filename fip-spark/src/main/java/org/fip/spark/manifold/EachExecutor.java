package org.fip.spark.manifold;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import scala.Function1;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/** Puts one question to every executor of an application. */
public final class EachExecutor {
  private static final ClassTag<Integer> INTEGER = ClassTag$.MODULE$.apply(Integer.class);

  /** A task that lands elsewhere is sent again; more often than that, something else is wrong. */
  private static final int ROUNDS = 3;

  private static final Duration PATIENCE = Duration.create(2, TimeUnit.MINUTES);

  private EachExecutor() {}

  /** What an executor is asked; it answers failures too, so that nobody is asked twice. */
  @FunctionalInterface
  public interface Question extends Serializable {
    /** The answer, found out inside a task. */
    String answer();
  }

  /**
   * What an executor answered.
   *
   * @param executor Spark's identifier
   * @param host the machine
   * @param text the answer, or null when the executor was lost before it gave one
   */
  public record Answer(String executor, String host, String text) {}

  /**
   * All answers.
   *
   * @param expected how many executors the settings ask for, or 0 when they do not say
   * @param answers of those that have come
   */
  public record Answers(int expected, List<Answer> answers) {}

  /**
   * Asks every executor, once those that the settings ask for have come.
   *
   * @throws FipException TEMPORARY when no executor has come, or the application is interrupted
   */
  public static Answers ask(SparkContext spark, Question question) {
    try (ExecutorPool pool = new ExecutorPool(spark)) {
      List<Executor> present = pool.await();
      Map<String, String> answered = new HashMap<>();
      for (int round = 0; round < ROUNDS && answered.size() < present.size(); round++) {
        answered.putAll(
            round(
                spark,
                present.stream().filter(e -> !answered.containsKey(e.id())).toList(),
                question));
      }
      return new Answers(
          ExecutorPool.expected(spark.conf(), spark.master()),
          present.stream().map(e -> new Answer(e.id(), e.host(), answered.get(e.id()))).toList());
    }
  }

  private static Map<String, String> round(
      SparkContext spark, List<Executor> executors, Question question) {
    List<Tuple2<Integer, Seq<String>>> preferences = new ArrayList<>();
    for (Executor executor : executors) {
      Seq<String> locations = CollectionConverters.asScala(List.of(executor.location())).toSeq();
      preferences.add(new Tuple2<>(preferences.size(), locations));
    }
    RDD<Integer> tokens =
        DeviceStage.of(
            spark, spark.makeRDD(CollectionConverters.asScala(preferences).toSeq(), INTEGER));
    String[] ids = executors.stream().map(Executor::id).toArray(String[]::new);
    String[] answers = new String[ids.length];
    SimpleFutureAction<BoxedUnit> job =
        spark.submitJob(
            tokens,
            new Ask(ids, question),
            CollectionConverters.asScala(
                    IntStream.range(0, ids.length).<Object>mapToObj(i -> i).toList())
                .toSeq(),
            (i, answer) -> {
              answers[(Integer) i] = answer;
              return BoxedUnit.UNIT;
            },
            () -> BoxedUnit.UNIT);
    await(job);
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < ids.length; i++) {
      if (answers[i] != null) {
        given.put(ids[i], answers[i]);
      }
    }
    return given;
  }

  /** A job that fails leaves answers open, which says enough. */
  private static void await(SimpleFutureAction<BoxedUnit> job) {
    try {
      Await.ready(job, PATIENCE);
    } catch (TimeoutException e) {
      job.cancel();
    } catch (InterruptedException e) {
      job.cancel();
      Thread.currentThread().interrupt();
      throw new FipException(Category.TEMPORARY, "interrupted while asking executors", e);
    }
  }

  /** The question as a task: null from an executor that it was not meant for. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Ask(String[] executors, Question question)
      implements Function1<Iterator<Integer>, String>, Serializable {
    @Override
    public String apply(Iterator<Integer> token) {
      boolean meant = executors[TaskContext.getPartitionId()].equals(SparkEnv.get().executorId());
      return meant ? question.answer() : null;
    }
  }
}
