package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks a real Bash what it completes with the script. */
class CompletionCommandTest {
  private static final Path BASH = Path.of("/bin/bash");

  /** Calls the function that the script has registered, with the words as Bash gives them. */
  private static final String COMPLETE =
      """
      source "$1"
      shift
      compopt() { :; } # which Bash takes only while somebody presses TAB
      read -r -a registered <<<"$(complete -p "$(basename "$1")")"
      for ((i = 0; i < ${#registered[@]}; i++)); do
        [[ ${registered[i]} != -F ]] || function="${registered[i + 1]}"
      done
      COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1))
      COMP_LINE="$*"
      COMP_POINT=${#COMP_LINE}
      "$function" "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """;

  @TempDir private static Path folder;
  private static Path script;

  @BeforeAll
  static void printScript() throws IOException {
    assumeTrue(Files.isExecutable(BASH), "no " + BASH + " here");
    CommandLineRun run = CommandLineRun.of("completion", "bash");
    run.assertOk();
    script = Files.writeString(folder.resolve("fip-completion"), run.out());
    Files.writeString(folder.resolve("complete.sh"), COMPLETE);
  }

  private static List<String> complete(String... words) throws Exception {
    List<String> command =
        Stream.concat(
                Stream.of(
                    BASH.toString(),
                    "--norc",
                    folder.resolve("complete.sh").toString(),
                    script.toString()),
                Stream.of(words))
            .toList();
    Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), output);
    return output.lines().map(String::strip).filter(line -> !line.isEmpty()).sorted().toList();
  }

  @Test
  void commandsAreCompleted() throws Exception {
    assertEquals(List.of("adapt"), complete("fip", "ad"));
    assertEquals(List.of("sparsify", "spectrum"), complete("scripts/fip", "sp"));
    assertEquals(List.of("verify"), complete("fip", "paths", "v"));
    assertTrue(complete("fip", "").contains("demo"));
  }

  @Test
  void optionsAreCompletedWithThoseOfSpark() throws Exception {
    assertEquals(List.of("--label-offset", "--labels"), complete("fip", "evaluate", "--lab"));
    assertEquals(List.of("--master"), complete("fip", "paths", "list", "--ma"));
    assertTrue(complete("fip", "adapt", "--").containsAll(List.of("--set", "--conf", "--json")));
  }

  @Test
  void otherShellsAreRefused() {
    CommandLineRun run = CommandLineRun.of("completion", "fish");
    assertEquals(64, run.exitCode());
    assertTrue(run.err().contains("SHELL"), run.err());
  }

  /** The launcher has the list once more, in its own language. */
  @Test
  void optionsOfSparkAreThoseThatTheLauncherTakes() throws IOException {
    String launcher = Files.readString(Path.of("../scripts/fip"));
    Matcher taken = Pattern.compile("(--[a-z-]+)=\\*").matcher(launcher);
    List<String> options = taken.results().map(match -> match.group(1)).sorted().toList();
    assertEquals(CompletionCommand.SPARK_OPTIONS.stream().sorted().toList(), options);
  }
}
