package org.fip.spark.cli;

import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.fip.core.FipException;
import org.fip.spark.manifold.EachExecutor;
import org.fip.spark.manifold.EachExecutor.Answers;

/**
 * What all executors found about themselves.
 *
 * @param checks one for each executor, and one for their number when that is not as asked for
 * @param reports of those that have come
 */
record ExecutorChecks(List<Check> checks, List<ExecutorReport> reports) {

  /** Asks the executors of the session, which look for the files in these places. */
  static ExecutorChecks of(Session session, List<Path> markers) {
    return of(session.spark(), session.hadoop(), markers);
  }

  static ExecutorChecks of(SparkContext spark, Configuration hadoop, List<Path> markers) {
    ExecutorProbe probe =
        new ExecutorProbe(
            markers.stream().map(Path::toString).toList(), new SerializableConfiguration(hadoop));
    try {
      return of(EachExecutor.ask(spark, probe));
    } catch (FipException e) {
      Check none = Check.failed("executors", e.getMessage(), "start the cluster, or ask for less");
      return new ExecutorChecks(List.of(none), List.of());
    }
  }

  private static ExecutorChecks of(Answers answers) {
    List<ExecutorReport> reports = answers.answers().stream().map(ExecutorReport::of).toList();
    List<Check> checks = new ArrayList<>();
    if (reports.size() < answers.expected()) {
      checks.add(
          Check.warning(
              "executors",
              reports.size() + " of " + answers.expected() + " have come",
              "see on the master's page whether the cluster has room for the others"));
    }
    reports.forEach(report -> checks.add(report.summary()));
    return new ExecutorChecks(checks, reports);
  }
}
