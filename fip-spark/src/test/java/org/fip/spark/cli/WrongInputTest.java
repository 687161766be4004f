package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of wrong input gives its line and its exit code. */
class WrongInputTest {
  @TempDir private Path folder;
  private Path network;
  private String where;

  @BeforeEach
  void writeNetwork() throws IOException {
    network = SampleNetwork.save(SampleNetwork.random(), folder.resolve("net"));
    where = "file:" + network;
  }

  @Test
  void missingNetwork() {
    Path absent = folder.resolve("absent");
    evaluate(absent, "builtin:digits")
        .assertFails(
            66,
            "file:"
                + absent
                + ": no such network folder; it must hold config.json and model.safetensors");
  }

  @Test
  void missingData() {
    Path absent = folder.resolve("absent");
    evaluate(network, absent.toString())
        .assertFails(66, "file:" + absent + " does not exist; correct the path of the data");
  }

  @Test
  void truncatedSafetensors() throws IOException {
    Path file = network.resolve("model.safetensors");
    long size = Files.size(file);
    try (RandomAccessFile truncated = new RandomAccessFile(file.toFile(), "rw")) {
      truncated.setLength(size - 4);
    }
    CommandLineRun run = evaluate(network, "builtin:digits");
    String line = where + "/model.safetensors: tensor ";
    assertEquals("error: " + line, run.err().substring(0, line.length() + 7));
    assertEquals(65, run.exitCode());
  }

  @Test
  void wrongShape() throws IOException {
    replaceConfig("[5,4]", "[5,3]");
    evaluate(network, "builtin:digits")
        .assertFails(
            65,
            where
                + ": tensor fc2.bias has shape [4], but config.json asks for [3]; fetch the two that belong together");
  }

  @Test
  void weightsThatAreNoNumbers() throws IOException {
    float[] weights = SampleNetwork.random().weights().clone();
    weights[2] = Float.NaN;
    SampleNetwork.save(SampleNetwork.random().withWeights(weights), network);
    evaluate(network, "builtin:digits")
        .assertFails(
            65,
            where + ": tensor fc1.bias holds NaN at element 2; a path needs finite" + " weights");
  }

  @Test
  void unknownArchitecture() throws IOException {
    replaceConfig("LeNet300100", "LeNet7");
    CommandLineRun run = evaluate(network, "builtin:digits");
    String line = where + "/config.json: architecture LeNet7 is not known; known are ";
    assertEquals("error: " + line, run.err().substring(0, line.length() + 7));
    assertEquals(65, run.exitCode());
  }

  @Test
  void labelOutOfRange() throws IOException {
    SampleNetwork.save(SampleNetwork.random().withClasses(5), network);
    CommandLineRun run = evaluate(network, "builtin:digits", "--labels", "7");
    assertEquals(
        "error: --data: row N of builtin:digits (test) has label 7 and the network has 5 outputs"
            + " (0 to 4); choose labels, correct labelOffset, or give the network more outputs\n",
        run.err().replaceFirst("row \\d+", "row N"));
    assertEquals(65, run.exitCode());
  }

  @Test
  void dataWithoutRows() {
    evaluate(network, "builtin:digits", "--labels", "42")
        .assertFails(
            65,
            "{path: builtin:digits, split: test, labels: [42]} keeps none of 355 rows with classes"
                + " 0 to 9; choose other labels or other data");
  }

  @Test
  void dataThatAreNone() throws IOException {
    Path file = Files.writeString(folder.resolve("notes.parquet"), "no parquet at all");
    CommandLineRun run = evaluate(network, file.toString());
    assertEquals(65, run.exitCode(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }

  @Test
  void missingRecipe() {
    CommandLineRun.of("adapt", folder.resolve("no.yaml").toString())
        .assertFails(
            66,
            String.format(
                "recipe %s/no.yaml does not exist (looked at file:%s/no.yaml); check the path",
                folder, folder));
  }

  @Test
  void malformedRecipe() throws IOException {
    Path recipe = Files.writeString(folder.resolve("r.yaml"), "network: a\nsteps: [1, 2\n");
    CommandLineRun run = CommandLineRun.of("adapt", recipe.toString());
    assertEquals(65, run.exitCode());
    assertEquals(
        "error: " + recipe + " line 3: not YAML: ",
        run.err().substring(0, 26 + recipe.toString().length()));
  }

  @Test
  void unknownRecipeKey() throws IOException {
    Path recipe = Files.writeString(folder.resolve("r.yaml"), "network: a\nnetwrk: b\n");
    CommandLineRun run = CommandLineRun.of("sparsify", recipe.toString());
    assertEquals(65, run.exitCode());
    String line = "error: " + recipe + " line 2: ";
    assertEquals(line, run.err().substring(0, line.length()));
  }

  @Test
  void settingWithoutValue() {
    CommandLineRun.of("adapt", "--set", "path.steps")
        .assertFails(
            64, "--set \"path.steps\": no key and value; write it as --set path.steps=100");
  }

  @Test
  void missingStore() {
    Path absent = folder.resolve("absent");
    String line = "file:" + absent + ": there is no path store here, path.json is missing";
    CommandLineRun.of("paths", "show", absent.toString()).assertFails(66, line);
    CommandLineRun.of("paths", "verify", absent.toString()).assertFails(66, line);
    CommandLineRun.of("export", "--store", absent.toString(), "--out", "x").assertFails(66, line);
    CommandLineRun.of("report", absent.toString(), "--out", "x").assertFails(66, line);
    CommandLineRun.of("paths", "list", absent.toString())
        .assertFails(66, "file:" + absent + ": no such folder; check the path");
  }

  @Test
  void unknownFileSystem() {
    CommandLineRun run = evaluate(Path.of("net"), "nosuch://x/data");
    assertEquals(66, run.exitCode(), run.err());
    CommandLineRun store = CommandLineRun.of("paths", "show", "nosuch://x/data");
    assertEquals(65, store.exitCode());
    assertEquals(1, store.err().lines().count());
  }

  @Test
  void unknownHost() {
    CommandLineRun run = evaluate(network, "hdfs://nowhere.invalid/data");
    assertEquals(65, run.exitCode(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains("nowhere.invalid"), run.err());
  }

  private CommandLineRun evaluate(Path folderOfNetwork, String data, String... more) {
    String[] start = {"evaluate", "--network", folderOfNetwork.toString(), "--data", data};
    return CommandLineRun.of(start, more);
  }

  private void replaceConfig(String from, String to) throws IOException {
    Path config = network.resolve("config.json");
    String text = Files.readString(config).replaceAll("\\s+", "");
    assertTrue(text.contains(from), text);
    Files.writeString(config, text.replace(from, to));
  }
}
