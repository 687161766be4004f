package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
  private static final String[] DEMO = {"demo"};

  @Test
  void noCommandIsUsage() {
    CommandLineRun.of().assertFails(64, "no command given; 'fip --help' shows the commands");
    CommandLineRun.of("paths").assertFails(64, "no command given; 'fip paths --help' shows how");
  }

  @Test
  void unknownCommandNamesTheNearest() {
    CommandLineRun.of("adapd")
        .assertFails(
            64, "unknown command 'adapd', did you mean adapt?; 'fip --help' shows the commands");
  }

  @Test
  void unknownOptionNamesTheNearest() {
    CommandLineRun.of("evaluate", "--network", "a", "--data", "b", "--limt", "3")
        .assertFails(
            64, "unknown option '--limt', did you mean --limit?; 'fip evaluate --help' shows how");
  }

  @Test
  void missingAndMalformedOptionsAreNamed() {
    CommandLineRun.of("evaluate", "--data", "b")
        .assertFails(
            64, "missing required option: '--network=DIR'; 'fip evaluate --help' shows how");
    CommandLineRun.of("evaluate", "--network", "a", "--data", "b", "--limit", "few")
        .assertFails(
            64,
            "invalid value for option '--limit': 'few' is not an int;"
                + " 'fip evaluate --help' shows how");
    CommandLineRun.of("paths", "show")
        .assertFails(64, "missing required parameter: 'STORE'; 'fip paths show --help' shows how");
    CommandLineRun.of("adapt", "a.yaml", "b.yaml")
        .assertFails(64, "one argument too many, 'b.yaml'; 'fip adapt --help' shows how");
  }

  @Test
  void stepAndPlaceExcludeEachOther() {
    CommandLineRun run =
        CommandLineRun.of("export", "--store", "s", "--out", "o", "--step", "1", "--at", "2");
    assertEquals(64, run.exitCode());
    assertTrue(run.err().contains("mutually exclusive"), run.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "import",
        "train",
        "adapt",
        "sparsify",
        "robustify",
        "diversify",
        "connect",
        "chain",
        "explore",
        "evaluate",
        "spectrum",
        "export",
        "report",
        "linearize",
        "doctor",
        "completion"
      })
  void helpOfEveryCommandHasAnExample(String command) {
    CommandLineRun run = CommandLineRun.of(command, "--help");
    run.assertOk();
    assertTrue(run.out().contains("Usage: fip " + command), run.out());
    assertTrue(run.out().matches("(?s).*Example:.*  fip " + command + " .*"), run.out());
    assertTrue(CommandLineRun.of("--help").out().matches("(?s).*\\n  " + command + " .*"));
  }

  @Test
  void helpOfPathsNamesItsCommands() {
    String help = CommandLineRun.of("paths", "--help").out();
    for (String command : new String[] {"list", "show", "verify"}) {
      assertTrue(help.contains("  " + command), help);
      String own = CommandLineRun.of("paths", command, "--help").out();
      assertTrue(own.contains("  fip paths " + command), own);
    }
  }

  @ParameterizedTest
  @EnumSource(Category.class)
  void everyCategoryHasItsExitCode(Category category) {
    CommandLineRun.of(
            () -> {
              throw new FipException(category, "first\nsecond");
            },
            DEMO)
        .assertFails(category.exitCode(), "first second");
  }

  @Test
  void failureInsideAnotherExceptionIsFound() {
    CommandLineRun.of(
            () -> {
              throw new IllegalStateException("job aborted", FipException.data("row 3 is wrong"));
            },
            DEMO)
        .assertFails(65, "row 3 is wrong");
  }

  @Test
  void defectIsOneLineAndVerboseShowsWhere() {
    Runnable defect =
        () -> {
          throw new IllegalStateException("lost");
        };
    CommandLineRun.of(defect, DEMO)
        .assertFails(
            70, "java.lang.IllegalStateException: lost; this is a defect, --verbose shows where");
    String trace = CommandLineRun.of(defect, "demo", "--verbose").err();
    assertTrue(trace.contains("\tat " + UsageTest.class.getName()), trace);
  }

  @Test
  void lackOfMemoryIsConfiguration() {
    CommandLineRun run =
        CommandLineRun.of(
            () -> {
              throw new OutOfMemoryError("Java heap space");
            },
            DEMO);
    assertEquals(78, run.exitCode());
    assertTrue(run.err().startsWith("error: out of memory: Java heap space, with a heap of "));
  }

  @Test
  void jsonIsOneDocumentAlsoWhenTheCommandFails(@TempDir Path folder) {
    assertEquals("adapt", minimal("--json").json().get("command").asText());
    CommandLineRun failed =
        CommandLineRun.of(
            "evaluate", "--network", folder.toString(), "--data", "builtin:digits", "--json");
    assertEquals(66, failed.exitCode());
    assertEquals("not-found", failed.json().at("/error/category").asText());
    assertEquals(66, failed.json().at("/error/exitCode").asInt());
    assertEquals(
        failed.err(),
        "error: " + failed.json().at("/error/message").asText() + System.lineSeparator());
    CommandLineRun usage = CommandLineRun.of("adapt", "--jsn", "--json");
    assertEquals("usage", usage.json().at("/error/category").asText());
  }

  @Test
  void withoutJsonTheSummaryIsPrinted() {
    CommandLineRun run = minimal();
    run.assertOk();
    assertEquals("summary" + System.lineSeparator(), run.out());
  }

  @Test
  void settingsOfSparkLieBetweenRecipeAndCommandLine() {
    System.setProperty("spark.fip.path.steps", "11");
    System.setProperty("spark.fip.seed", "5");
    try {
      CommandLineRun run = minimal("--set", "path.steps=12", "--json");
      assertEquals(12, run.json().at("/path/steps").asInt());
      assertEquals(5, run.json().get("seed").asInt());
    } finally {
      System.clearProperty("spark.fip.path.steps");
      System.clearProperty("spark.fip.seed");
    }
  }

  @Test
  void versionIsPrinted() {
    CommandLineRun run = CommandLineRun.of("--version");
    run.assertOk();
    assertTrue(run.out().startsWith("fip "));
    assertFalse(run.out().contains("null"));
  }

  private static CommandLineRun minimal(String... more) {
    String[] start = {
      "adapt",
      "--set",
      "network=n",
      "--set",
      "output=o",
      "--set",
      "keep=[{path: 'builtin:digits'}]",
      "--set",
      "tasks=[{name: t, train: {path: 'builtin:digits'}}]"
    };
    return CommandLineRun.of(start, more);
  }
}
