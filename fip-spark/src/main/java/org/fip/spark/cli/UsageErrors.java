package org.fip.spark.cli;

import java.util.List;
import java.util.Locale;
import org.fip.core.FipException.Category;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns a command line that cannot be understood into one line. */
final class UsageErrors {
  private UsageErrors() {}

  static Failure describe(ParameterException e) {
    CommandLine commandLine = e.getCommandLine();
    boolean isProgram = commandLine.getParent() == null;
    String what =
        e instanceof UnmatchedArgumentException unmatched
            ? unmatched(unmatched, isProgram)
            : lowerFirst(e.getMessage());
    String help = commandLine.getCommandSpec().qualifiedName() + " --help";
    return new Failure(
        Category.USAGE, what + "; '" + help + "' shows " + (isProgram ? "the commands" : "how"));
  }

  private static String unmatched(UnmatchedArgumentException e, boolean isProgram) {
    String argument = e.getUnmatched().get(0);
    String what =
        argument.startsWith("-")
            ? "unknown option '" + argument + "'"
            : isProgram
                ? "unknown command '" + argument + "'"
                : "one argument too many, '" + argument + "'";
    List<String> suggestions = e.getSuggestions();
    return suggestions.isEmpty() || what.startsWith("one")
        ? what
        : what + ", did you mean " + suggestions.get(0) + "?";
  }

  private static String lowerFirst(String message) {
    return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }
}
