package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.spark.job.TextTable;
import org.fip.spark.store.Finding;
import org.fip.spark.store.PathStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fip paths verify}. */
@Command(
    name = "verify",
    description = {
      "Checks every file of a path store against its size and SHA-256. Ends with 65 and names what"
          + " is damaged."
    },
    footer = {"  fip paths verify paths/digits-to-fashion"})
final class PathsVerifyCommand extends FipCommand {
  @Parameters(paramLabel = "STORE", description = "The path store.")
  private String store;

  @Override
  Outcome run(Session session) {
    String location = session.path("STORE", store).toString();
    List<Finding> findings = new ArrayList<>();
    for (PathStore opened : OpenedPaths.all(session, "STORE", store)) {
      String below = opened.location().substring(location.length());
      for (Finding finding : opened.verify()) {
        String name =
            below.isEmpty() ? finding.folder() : below.substring(1) + "/" + finding.folder();
        findings.add(new Finding(name, finding.bytes(), finding.problem()));
      }
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("store", location);
    ArrayNode folders = json.putArray("folders");
    TextTable table = new TextTable();
    for (Finding finding : findings) {
      ObjectNode entry = folders.addObject().put("folder", finding.folder());
      entry.put("whole", finding.whole()).put("bytes", finding.bytes());
      finding.problem().ifPresent(problem -> entry.put("problem", problem));
      table.row(finding.folder(), finding.problem().map(p -> "damaged: " + p).orElse("whole"));
    }
    List<Finding> damaged = findings.stream().filter(finding -> !finding.whole()).toList();
    json.put("damaged", damaged.size());
    String text = findings.isEmpty() ? "no waypoints yet" : table.toString();
    return damaged.isEmpty()
        ? Outcome.of(json, text)
        : Outcome.failed(json, text, problem(location, findings.size(), damaged));
  }

  private static FipException problem(String location, int count, List<Finding> damaged) {
    return new FipException(
        Category.DATA,
        String.format(
            Locale.ROOT,
            "%s: %d of %d folders damaged: %s; running the path's command again goes on from the"
                + " newest whole waypoint",
            location,
            damaged.size(),
            count,
            damaged.stream().map(Finding::folder).collect(Collectors.joining(", "))));
  }
}
