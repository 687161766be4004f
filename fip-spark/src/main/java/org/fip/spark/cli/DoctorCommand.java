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
import org.fip.spark.cli.Check.Status;
import org.fip.spark.job.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fip doctor}. */
@Command(
    name = "doctor",
    description = {
      "Looks at whether jobs can run here: Java, memory, the engine and a product computed by it,"
          + " devices, storage, Spark. Ends with 78 when something does not work."
    },
    footer = {"  fip doctor --path hdfs:///paths --master spark://host:7077"})
final class DoctorCommand extends FipCommand {
  @Option(
      names = "--path",
      paramLabel = "DIR",
      description = "Also write, read and delete a file in this folder; may be repeated.")
  private List<String> paths = new ArrayList<>();

  @Override
  Outcome run(Session session) {
    List<Check> checks = new ArrayList<>(MachineChecks.all());
    checks.addAll(EngineChecks.all());
    paths.forEach(path -> checks.add(StorageCheck.of(path, session)));
    checks.add(SparkCheck.of(session));
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode entries = json.putArray("checks");
    TextTable table = new TextTable();
    for (Check check : checks) {
      entries
          .addObject()
          .put("name", check.name())
          .put("status", check.status().label())
          .put("detail", check.detail())
          .put("advice", check.advice());
      table.row(
          check.status().label(),
          check.name(),
          check.advice().isEmpty() ? check.detail() : check.detail() + " -> " + check.advice());
    }
    List<Check> failed = checks.stream().filter(c -> c.status() == Status.FAILED).toList();
    json.put("ok", failed.isEmpty());
    return failed.isEmpty()
        ? Outcome.of(json, table.toString())
        : Outcome.failed(json, table.toString(), problem(failed, checks.size()));
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
