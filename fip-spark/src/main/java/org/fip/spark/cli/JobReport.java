package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.spark.explore.ExplorationReport;
import org.fip.spark.job.JobResult;
import org.fip.spark.job.PathReports;
import org.fip.spark.report.ReportData;

/**
 * A job's result with the report that is left in its output, {@code report.html}, beside {@code
 * result.json}.
 *
 * @param result of the job
 * @param report where the report is; null when it could not be written
 * @param failure why not, or null
 */
record JobReport(JobResult result, Path report, FipException failure) implements JobResult {

  /** The report of what is in a folder, for a file in the folder {@code from}. */
  static ReportData.Builder of(Configuration hadoop, Path place, Path from) {
    return ExplorationReport.isAt(hadoop, place)
        ? ExplorationReport.of(hadoop, place, from)
        : PathReports.of(hadoop, place);
  }

  /** Writes result and report into the output of a job. */
  static JobReport write(Configuration hadoop, Path output, JobResult result) {
    try {
      PathReports.keepResult(hadoop, output, result.toJson());
      ReportData data = of(hadoop, output, output).build();
      return new JobReport(result, PathReports.write(hadoop, output, data), null);
    } catch (FipException e) {
      return new JobReport(result, null, e);
    }
  }

  @Override
  public ObjectNode toJson() {
    ObjectNode json = result.toJson();
    if (report != null) {
      json.put("report", report.toString());
    }
    return json;
  }

  @Override
  public String summary() {
    return report == null ? result.summary() : result.summary() + "\nreport " + report;
  }

  @Override
  public Optional<FipException> problem() {
    return result.problem().or(() -> Optional.ofNullable(failure));
  }
}
