package org.fip.spark.cli;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.fip.core.FipException;

/** Starts Spark and runs a job that needs executors. */
final class SparkCheck {
  private static final String NAME = "spark";
  private static final List<Integer> NUMBERS = List.of(1, 2, 3, 4);
  private static final int PATIENCE_SECONDS = 120;

  private SparkCheck() {}

  static Check of(Session session) {
    try {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.spark());
      count(context);
      return Check.ok(
          NAME,
          "Spark %s on %s, a job ran, parallelism %d",
          context.version(),
          session.master(),
          context.defaultParallelism());
    } catch (FipException e) {
      return Check.failed(NAME, e.getMessage(), "correct --master, or start the cluster");
    } catch (ExecutionException | RuntimeException e) {
      return Check.failed(
          NAME,
          session.master() + ": a job failed: " + firstLine(e),
          "look at the logs of driver and executors");
    } catch (TimeoutException e) {
      return Check.failed(
          NAME, session.master() + ": " + e.getMessage(), "correct --master, or start the cluster");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Check.failed(NAME, "interrupted", "start again");
    }
  }

  /** A job on a master that is lost neither ends nor fails, so it is looked after. */
  private static void count(JavaSparkContext context)
      throws ExecutionException, InterruptedException, TimeoutException {
    JavaFutureAction<Long> job = context.parallelize(NUMBERS, 2).countAsync();
    for (int second = 0; second < PATIENCE_SECONDS; second++) {
      try {
        job.get(1, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException | TimeoutException e) {
        if (context.sc().isStopped()) {
          throw new TimeoutException("the master does not answer");
        }
        if (e instanceof ExecutionException failed) {
          throw failed;
        }
      }
    }
    job.cancel(true);
    throw new TimeoutException("no executor came within " + PATIENCE_SECONDS + " seconds");
  }

  private static String firstLine(Exception e) {
    Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
    return String.valueOf(cause).lines().findFirst().orElse("no reason given");
  }
}
