package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.fip.spark.report.HtmlReport;
import org.fip.spark.report.ReportData;
import org.fip.spark.store.HadoopFolder;
import org.fip.spark.store.PathStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fip report}. */
@Command(
    name = "report",
    description = {
      "Writes one HTML file about one or several paths, with plots and tables inside: it needs no"
          + " network and no other files."
    },
    footer = {"  fip report paths/digits-to-fashion --out report.html"})
final class ReportCommand extends FipCommand {
  @Parameters(arity = "1..*", paramLabel = "STORE", description = "The path stores.")
  private List<String> stores = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "FILE.html",
      required = true,
      description = "The file to write; one that is there is replaced.")
  private String out;

  @Override
  Outcome run(Session session) {
    List<PathStore> opened = new ArrayList<>();
    for (String store : stores) {
      opened.addAll(OpenedPaths.all(session, "STORE", store));
    }
    ReportData data = StoredPaths.report(opened);
    Path file = session.path("--out", out);
    try (OutputStream stream =
        HadoopFolder.of(session.hadoop(), file.getParent()).create(file.getName())) {
      HtmlReport.write(data, stream);
    } catch (IOException e) {
      throw Storage.unwritable(e, file);
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("report", file.toString());
    return Outcome.of(json, "wrote " + file);
  }
}
