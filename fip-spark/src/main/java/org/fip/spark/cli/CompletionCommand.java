package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/** {@code fip completion}. */
@Command(
    name = "completion",
    description = {
      "Prints a script by which a shell completes commands, options and files: commands of fip"
          + " after TAB, and the options of spark-submit that scripts/fip passes on.",
      "",
      "Bash reads it at once with the first line below, and at every start when it is in the file of"
          + " the second. Zsh reads it after 'autoload -U bashcompinit && bashcompinit'."
    },
    footer = {
      "  source <(fip completion bash)",
      "  fip completion bash >~/.local/share/bash-completion/completions/fip"
    })
final class CompletionCommand extends FipCommand {
  /** Those that the launcher takes from among a command's own. */
  static final List<String> SPARK_OPTIONS =
      List.of(
          "--master",
          "--deploy-mode",
          "--name",
          "--driver-memory",
          "--driver-cores",
          "--executor-memory",
          "--num-executors",
          "--executor-cores",
          "--total-executor-cores",
          "--properties-file",
          "--files",
          "--jars",
          "--queue",
          "--conf");

  /** A shell that a script can be printed for. */
  enum Shell {
    /** Bash, and Zsh by its help. */
    BASH
  }

  @SuppressWarnings("UnusedVariable")
  @Parameters(paramLabel = "SHELL", description = "The shell: bash.")
  private Shell shell;

  @Override
  Outcome run(Session session) {
    CommandLine program = ProgramCommand.commandLine();
    program.getSubcommands().values().forEach(CompletionCommand::addSparkOptions);
    String script = AutoComplete.bash("fip", program).stripTrailing();
    return Outcome.of(JsonNodeFactory.instance.objectNode().put("script", script), script);
  }

  private static void addSparkOptions(CommandLine command) {
    command.getSubcommands().values().forEach(CompletionCommand::addSparkOptions);
    if (command.getSubcommands().isEmpty()) {
      for (String name : SPARK_OPTIONS) {
        command.getCommandSpec().addOption(OptionSpec.builder(name).type(String.class).build());
      }
    }
  }
}
