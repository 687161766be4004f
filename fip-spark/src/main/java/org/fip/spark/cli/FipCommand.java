package org.fip.spark.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What all commands have in common. */
@Command(
    sortOptions = false,
    usageHelpAutoWidth = true,
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n")
abstract class FipCommand {
  static final String JSON = "--json";
  static final String VERBOSE = "--verbose";

  @Option(
      names = JSON,
      order = 100,
      description = "Print exactly one JSON document to standard output; logs to standard error.")
  private boolean json;

  /** Read before parsing, which may fail itself. */
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = VERBOSE,
      order = 101,
      description = "Print the stack trace of a failure, as FIP_DEBUG=1 does.")
  private boolean verbose;

  @SuppressWarnings("UnusedVariable")
  @Option(
      names = {"-h", "--help"},
      order = 102,
      usageHelp = true,
      description = "Print this text.")
  private boolean help;

  /** Does the work; a failure is thrown, or named in the outcome. */
  abstract Outcome run(Session session);

  /** Whether the result is wanted as JSON. */
  final boolean json() {
    return json;
  }
}
