package org.fip.spark.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fip paths}: the group of commands that look at path stores. */
@Command(
    name = "paths",
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    description = "Looks at path stores.",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExample:%n",
    footer = {"  fip paths list paths", "  fip paths verify paths/digits-to-fashion"})
final class PathsCommand {
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this text.")
  private boolean help;

  static CommandLine commandLine() {
    return new CommandLine(new PathsCommand())
        .addSubcommand(new PathsListCommand())
        .addSubcommand(new PathsShowCommand())
        .addSubcommand(new PathsVerifyCommand())
        .addSubcommand(new PathsPruneCommand())
        .addSubcommand(new PathsLatestCommand());
  }
}
