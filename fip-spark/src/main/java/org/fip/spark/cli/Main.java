package org.fip.spark.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.fip.core.FipException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Runs one command and ends the process with its exit code. */
public final class Main {
  private static final String DEBUG = "FIP_DEBUG";

  private Main() {}

  /** The entry point of the program, also under {@code spark-submit}. */
  public static void main(String[] arguments) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    // Whatever a library prints must not get between the result and the program that reads it.
    System.setOut(System.err);
    Console console = new Console(out, System.err, Console.isTerminal());
    int exitCode = run(arguments, console, new StandardBackend(), isSet(System.getenv(DEBUG)));
    if (exitCode != 0 || !isYarnDriver()) {
      System.exit(exitCode);
    }
  }

  /**
   * Whether this is a driver inside YARN's application master, which ends the process itself, and
   * takes an end that comes before it for a failure whatever the status.
   */
  private static boolean isYarnDriver() {
    return System.getProperty("spark.master", "").equals("yarn")
        && System.getProperty("spark.submit.deployMode", "").equals("cluster");
  }

  /** Runs one command; returns its exit code. */
  static int run(String[] arguments, Console console, Backend backend, boolean debug) {
    List<String> given = Arrays.asList(arguments);
    boolean json = given.contains(FipCommand.JSON);
    boolean stackTraces = debug || given.contains(FipCommand.VERBOSE);
    try {
      return execute(arguments, console, backend);
    } catch (ParameterException e) {
      return console.fail(UsageErrors.describe(e), json);
    } catch (Throwable e) {
      if (stackTraces) {
        e.printStackTrace(console.err());
      }
      return console.fail(Failure.of(e), json);
    }
  }

  private static int execute(String[] arguments, Console console, Backend backend) {
    ParseResult parsed = ProgramCommand.commandLine().parseArgs(arguments);
    while (parsed.hasSubcommand()) {
      if (parsed.isUsageHelpRequested()) {
        break;
      }
      parsed = parsed.subcommand();
    }
    CommandLine commandLine = parsed.commandSpec().commandLine();
    if (parsed.isUsageHelpRequested()) {
      console.print(commandLine.getUsageMessage().stripTrailing());
      console.end();
      return 0;
    }
    if (parsed.isVersionHelpRequested()) {
      console.print(ProgramCommand.version());
      console.end();
      return 0;
    }
    if (!(parsed.commandSpec().userObject() instanceof FipCommand command)) {
      throw new ParameterException(commandLine, "No command given");
    }
    try (Session session = new Session(parsed.commandSpec().name(), backend, console)) {
      Outcome outcome = command.run(session);
      if (command.json()) {
        console.print(outcome.document());
      } else if (!outcome.text().isEmpty()) {
        console.print(outcome.text());
      }
      console.end();
      if (outcome.problem().isEmpty()) {
        return 0;
      }
      FipException problem = outcome.problem().get();
      console.complain(Failure.of(problem));
      return problem.category().exitCode();
    }
  }

  private static boolean isSet(String value) {
    return value != null && !value.isEmpty() && !value.equals("0") && !value.equals("false");
  }
}
