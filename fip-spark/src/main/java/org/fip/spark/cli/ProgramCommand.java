package org.fip.spark.cli;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program: help and version, everything else is in a command. */
@Command(
    name = "fip",
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    sortOptions = false,
    description = {
      "Walks functionally invariant paths in the weight space of a trained network: it learns or"
          + " becomes sparse while what it computes on chosen examples stays the same.",
      "",
      "A command takes a recipe (a YAML file), single values laid over it with --set, and"
          + " --master and --conf for Spark:"
    },
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  fip demo                          see it work, with data that is built in",
      "  fip adapt recipe.yaml             learn the tasks of a recipe",
      "  fip adapt recipe.yaml --set path.steps=500 --json",
      "  fip COMMAND --help                what a command does, with an example",
      "",
      "Exit codes: 0; 64 usage; 65 bad data, network or recipe; 66 input not found; 70 internal;",
      "74 storage; 75 temporary, safe to retry; 78 bad configuration."
    })
final class ProgramCommand {
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this text.")
  private boolean help;

  @SuppressWarnings("UnusedVariable")
  @Option(names = "--version", versionHelp = true, description = "Print the version.")
  private boolean version;

  /** A parser with all commands, for one command line. */
  static CommandLine commandLine() {
    CommandLine program =
        new CommandLine(new ProgramCommand())
            .addSubcommand(new DemoCommand())
            .addSubcommand(new ImportCommand())
            .addSubcommand(new TrainCommand())
            .addSubcommand(new AdaptCommand())
            .addSubcommand(new SparsifyCommand())
            .addSubcommand(new RobustifyCommand())
            .addSubcommand(new DiversifyCommand())
            .addSubcommand(new ConnectCommand())
            .addSubcommand(new ChainCommand())
            .addSubcommand(new ExploreCommand())
            .addSubcommand(new EvaluateCommand())
            .addSubcommand(new SpectrumCommand())
            .addSubcommand(PathsCommand.commandLine())
            .addSubcommand(new ExportCommand())
            .addSubcommand(new ReportCommand())
            .addSubcommand(new LinearizeCommand())
            .addSubcommand(new DoctorCommand())
            .addSubcommand(new CompletionCommand());
    return program.setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Name and version of the program. */
  static String version() {
    String version = ProgramCommand.class.getPackage().getImplementationVersion();
    return "fip " + Optional.ofNullable(version).orElse("(unpackaged)");
  }
}
