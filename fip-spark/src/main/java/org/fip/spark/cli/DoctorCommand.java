package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.spark.cli.Check.Status;
import org.fip.spark.job.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fip doctor}. */
@Command(
    name = "doctor",
    description = {
      "Looks at whether jobs can run here: Java, memory, the engine and a product computed by it,"
          + " devices, storage, Spark; on the driver and on every executor. Ends with 78 when"
          + " something does not work."
    },
    footer = {"  fip doctor --path hdfs:///paths --master spark://host:7077"})
final class DoctorCommand extends FipCommand {
  @Option(
      names = "--path",
      paramLabel = "DIR",
      description =
          "Also write, read and delete a file in this folder, from every executor as well; may be"
              + " repeated.")
  private List<String> paths = new ArrayList<>();

  @Override
  Outcome run(Session session) {
    List<Check> checks = new ArrayList<>(MachineChecks.all());
    checks.addAll(EngineChecks.all());
    List<StorageCheck> folders = new ArrayList<>();
    List<ExecutorReport> executors = List.of();
    try {
      paths.forEach(path -> folders.add(new StorageCheck(path, session)));
      folders.forEach(folder -> checks.add(folder.result()));
      Check spark = SparkCheck.of(session);
      checks.add(spark);
      if (spark.status() == Status.OK) {
        ExecutorChecks found = ExecutorChecks.of(session, markers(folders));
        checks.addAll(found.checks());
        executors = found.reports();
      }
    } finally {
      folders.forEach(StorageCheck::close);
    }
    return outcome(checks, executors);
  }

  private static List<Path> markers(List<StorageCheck> folders) {
    return folders.stream()
        .filter(folder -> folder.result().status() == Status.OK)
        .map(StorageCheck::marker)
        .toList();
  }

  /** What was found, as a success or a failure that names what does not work. */
  static Outcome outcome(List<Check> checks, List<ExecutorReport> executors) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("checks", Check.toJson(checks));
    ArrayNode reports = json.putArray("executors");
    executors.forEach(report -> reports.add(report.toJson()));
    List<Check> failed = checks.stream().filter(c -> c.status() == Status.FAILED).toList();
    json.put("ok", failed.isEmpty());
    String text = text(checks, executors);
    return failed.isEmpty()
        ? Outcome.of(json, text)
        : Outcome.failed(json, text, problem(failed, checks.size()));
  }

  private static String text(List<Check> checks, List<ExecutorReport> executors) {
    TextTable table = new TextTable();
    for (Check check : checks) {
      table.row(
          check.status().label(),
          check.name(),
          check.advice().isEmpty() ? check.detail() : check.detail() + " -> " + check.advice());
    }
    if (executors.isEmpty()) {
      return table.toString();
    }
    TextTable rows = new TextTable().row(ExecutorReport.HEADS);
    executors.forEach(report -> rows.row(report.row()));
    return table + "\n\n" + rows;
  }

  private static FipException problem(List<Check> failed, int count) {
    return new FipException(
        Category.CONFIGURATION,
        String.format(
            Locale.ROOT,
            "%d of %d checks failed: %s; %s",
            failed.size(),
            count,
            failed.stream().map(Check::name).collect(Collectors.joining(", ")),
            failed.get(0).advice()));
  }
}
