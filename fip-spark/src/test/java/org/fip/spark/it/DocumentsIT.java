package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the documents, as they stand there and in their order. What makes them short is
 * in {@code spark-defaults.conf}, as an operator's settings are.
 */
class DocumentsIT {
  /** Sections that have a test of their own, with a cluster. */
  private static final String CLUSTER = "## A cluster on one machine\n";

  /** What other tests do, and what is no command. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "scripts/fip demo     # builds what is missing, then runs the main job on embedded real data",
          "DemoIT",
          "mvn -B verify        # builds and runs all tests",
          "what runs this test",
          "scripts/fip COMMAND [RECIPE.yaml] [--set key=value]... [--master URL] [--conf spark.key=value]... [--json]",
          "a synopsis");

  /** Less work for each step, and fewer points of a grid; the commands stay as they are. */
  private static final String SHORT =
      """
      spark.master local[2]
      spark.fip.path.steps 100
      spark.fip.path.batch 8
      spark.fip.path.anchorBatch 8
      spark.fip.path.measureEvery 100
      spark.fip.path.evaluateEvery 0
      spark.fip.path.geodesic.iterations 1
      spark.fip.robustify.attack.steps 1
      spark.fip.robustify.test {steps: 1, restarts: 1, adaptiveSteps: 1, queries: 1, limit: 10}
      spark.fip.diversify {members: 2, attack: {steps: 1}, limit: 10}
      spark.fip.connect {bends: 1, resolution: 1}
      spark.fip.explore.grid.path.anchorWeight [0.05]
      spark.fip.explore.grid.path.learningRate [0.001]
      spark.fip.explore.grid.keep.0.limit [50]
      """;

  /** For networks that have to learn something. */
  private static final String WHOLE = "spark.master local[2]\n";

  @TempDir private Path folder;

  @Test
  void commandsOfTheFirstPageRun() throws IOException {
    Scratch scratch = new Scratch(folder);
    scratch.idx("data/mnist", value -> value);
    scratch.idx("data/fashion_mnist", value -> 255 - value);
    scratch.lenet("data/models/lenet300100_dense_mnist");
    scratch.bert("models/bert");
    scratch.texts("data/news", List.of("the path", "walked", "function", "weight"));
    scratch.images("photos", "first", 0);
    scratch.images("photos", "second", 1);
    scratch.vit("models/vit");
    scratch.inputs("in.safetensors");
    String page = Scratch.document("README.md");
    String own = page.substring(0, page.indexOf(CLUSTER));
    String rest = page.substring(page.indexOf("\n## ", page.indexOf(CLUSTER)));
    List<String> commands = commands(own + rest);
    assertTrue(commands.size() > 20, commands.toString());
    run(scratch, SHORT, commands);
    assertTrue(Files.exists(folder.resolve("models/early/model.safetensors")));
    assertTrue(Files.size(folder.resolve("report.html")) > 10_000);
  }

  @Test
  void ownDataLeadToAResult() throws IOException {
    Scratch scratch = new Scratch(folder);
    scratch.images("photos", "shirt", 0);
    scratch.images("photos", "sneaker", 1);
    scratch.images("more", "bag", 2);
    scratch.bert("models/bert");
    scratch.texts("data/news", List.of("the path", "walked", "function", "weight"));
    scratch.texts("data/texts", List.of("invariant", "tensor"));
    run(scratch, WHOLE, commands(Scratch.document("deploy/OWN-DATA.md")));
    assertTrue(accuracy(scratch, "paths/photos-more/network", "data/photos", 0) > 0.9);
    assertTrue(accuracy(scratch, "paths/photos-more/network", "data/more", 2) > 0.9);
    assertTrue(Files.exists(folder.resolve("models/photos/README.md")), "no model card");
    assertTrue(Files.exists(folder.resolve("models/texts/model.safetensors")));
  }

  /** The nights of deploy/README.md, in a folder in the place of HDFS. */
  @Test
  void nightsAreWalkedAsOperatorsAreTold() throws IOException {
    Scratch scratch = new Scratch(folder);
    scratch.lenet("fip/start");
    for (String data : List.of("fip/anchors", "fip/days/2026-11-22", "fip/days/2026-11-24")) {
      scratch.idx(data, value -> value);
    }
    String recipe = Scratch.document("deploy/recipes/nightly.yaml");
    Files.writeString(folder.resolve("nightly.yaml"), here(recipe));
    String page = Scratch.document("deploy/README.md");
    int from = page.indexOf("## Every night\n");
    String section = page.substring(from, page.indexOf("\n## ", from));
    List<String> commands = commands(here(section).replace("--data DATA", "--data fip/anchors"));
    assertEquals(6, commands.size(), commands.toString());
    List<String> all = new ArrayList<>(commands);
    all.add(0, commands.get(0).replace("2026-11-24", "2026-11-22"));
    run(scratch, SHORT + "spark.fip.gate {kept: {anchors: 1}}\n", all);
    assertTrue(Files.exists(folder.resolve("fip/served/model.safetensors")));
  }

  private String here(String text) {
    return text.replace("hdfs:///", "file:" + folder + "/");
  }

  private static double accuracy(Scratch scratch, String network, String data, int offset) {
    String command =
        "scripts/fip evaluate --network %s --data %s --label-offset %d --json"
            .formatted(network, data, offset);
    return scratch.run(command).ok().json().get("accuracy").asDouble();
  }

  private void run(Scratch scratch, String settings, List<String> commands) throws IOException {
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(conf.resolve("spark-defaults.conf"), settings);
    for (String command : commands) {
      if (command.startsWith("scripts/fip ") || command.startsWith("mkdir ")) {
        scratch.run("export SPARK_CONF_DIR=" + conf + "\n" + command).ok();
      } else {
        fail("a command that this test does not know: " + command);
      }
    }
  }

  /** Indented lines, those joined that a backslash continues, without what other tests run. */
  private static List<String> commands(String page) {
    List<String> commands = new ArrayList<>();
    String joined = page.replaceAll("\\\\\n +", "");
    boolean yaml = false;
    for (String line : joined.lines().toList()) {
      yaml ^= line.startsWith("```");
      if (!yaml && line.startsWith("    ") && !ELSEWHERE.containsKey(line.strip())) {
        commands.add(line.strip());
      }
    }
    return commands;
  }
}
