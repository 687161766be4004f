package org.fip.spark.cli;

import java.util.ArrayList;
import java.util.List;
import org.fip.spark.job.JobResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fip demo}. */
@Command(
    name = "demo",
    description = {
      "Shows the main job on 1,797 real handwritten digits that are built in: trains on 0 to 4,"
          + " learns 5 to 9 along a path without losing them, makes the result sparse, and compares"
          + " with plain fine-tuning. Needs no files; takes under 3 minutes on two cores."
    },
    footer = {"  fip demo --out my-demo      # then open the report it names in a browser"})
final class DemoCommand extends FipCommand {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "fip-demo",
      description = "Folder for networks, path stores and report; default ${DEFAULT-VALUE}.")
  private String out;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Lay a value over the recipes of its jobs, such as seed=1; may be repeated.")
  private List<String> sets = new ArrayList<>();

  @Override
  Outcome run(Session session) {
    String output = session.path("--out", out).toString();
    JobResult result = session.backend().demo(output, sets, session, session.context(json()));
    return Outcome.of(result.toJson(), result.summary());
  }
}
