package org.fip.spark.cli;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.fip.core.FipException;

/** Starts Spark and runs a job that needs executors. */
final class SparkCheck {
  private static final List<Integer> NUMBERS = List.of(1, 2, 3, 4);

  private SparkCheck() {}

  static Check of(Session session) {
    String name = "spark";
    try {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.spark());
      long count = context.parallelize(NUMBERS, 2).count();
      if (count != NUMBERS.size()) {
        return Check.failed(
            name, "a job counted " + count + " of 4", "look at the executors' logs");
      }
      return Check.ok(
          name,
          "Spark %s on %s, a job ran, parallelism %d",
          context.version(),
          session.master(),
          context.defaultParallelism());
    } catch (FipException e) {
      return Check.failed(name, e.getMessage(), "correct --master, or start the cluster");
    } catch (RuntimeException e) {
      return Check.failed(
          name,
          session.master() + ": a job failed: " + Failure.of(e).line(),
          "look at the executors' logs");
    }
  }
}
