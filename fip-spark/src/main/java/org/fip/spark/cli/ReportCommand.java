package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.PathReports;
import org.fip.spark.job.PathSpectrum;
import org.fip.spark.report.HtmlReport;
import org.fip.spark.report.ReportData;
import org.fip.spark.store.PathStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fip report}. */
@Command(
    name = "report",
    description = {
      "Writes one HTML file about one or several paths, with plots and tables inside: it needs no"
          + " network and no other files.",
      "",
      "STORE is what a job has written: a path with its baselines, a store of nights, the output of"
          + " diversify, chain or explore. Several are shown side by side. Every job leaves such a"
          + " report in its output, report.html; a path on its way can be reported as well."
    },
    footer = {
      "  fip report paths/digits-to-fashion --out report.html",
      "  fip report paths/digits-to-fashion --spectrum 20 --out report.html"
    })
final class ReportCommand extends FipCommand {
  private static final int MOST_EIGENVALUES = 500;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "STORE",
      description = "The path stores, or outputs of jobs.")
  private List<String> stores = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "FILE.html",
      required = true,
      description = "The file to write; one that is there is replaced.")
  private String out;

  @Option(
      names = "--spectrum",
      paramLabel = "K",
      description =
          "Measure K eigenvalues of the metric, its trace and its effective rank as well, at both"
              + " ends of the path, on at most 256 of its anchors; default not. Takes some hundred"
              + " metric products.")
  private Integer spectrum;

  @Override
  Outcome run(Session session) {
    if (spectrum != null && (spectrum < 1 || spectrum > MOST_EIGENVALUES)) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--spectrum': %d is not 1 to %d"
              .formatted(spectrum, MOST_EIGENVALUES));
    }
    Path file = session.path("--out", out);
    ReportData.Builder report = report(session, file.getParent());
    if (spectrum != null) {
      PathStore path = onePath(session);
      JobContext context = session.context(json());
      report.spectra(
          PathSpectrum.measure(context, path, spectrum, new SpectrumProgress(context.progress())));
    }
    ReportData data = report.build();
    NewFile.write(file, session.hadoop(), stream -> HtmlReport.write(data, stream));
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("report", file.toString());
    json.put("verdict", data.verdict());
    return Outcome.of(json, data.verdict() + "\nwrote " + file);
  }

  private ReportData.Builder report(Session session, Path folder) {
    if (stores.size() == 1) {
      return JobReport.of(session.hadoop(), session.path("STORE", stores.get(0)), folder);
    }
    List<PathStore> opened = new ArrayList<>();
    for (String store : stores) {
      opened.addAll(OpenedPaths.all(session, "STORE", store));
    }
    return PathReports.of(session.hadoop(), opened);
  }

  private PathStore onePath(Session session) {
    if (stores.size() == 1) {
      Path place = session.path("STORE", stores.get(0));
      if (PathStore.exists(session.hadoop(), place)) {
        return PathStore.open(session.hadoop(), place);
      }
    }
    throw new ParameterException(
        spec.commandLine(),
        "--spectrum is measured on one path; name one path store, such as one of those in "
            + stores.get(0));
  }
}
