package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.fip.spark.browser.Browser;
import org.fip.spark.browser.ReportPage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The reports of all jobs, made by short ones on embedded digits, as texts and in a browser. */
class ReportIT {
  private static final String COMMON =
      """
      keep: [{path: 'builtin:digits', labels: [0, 1, 2, 3, 4], limit: 60}]
      tasks:
        - {name: five, train: {path: 'builtin:digits', labels: [5], limit: 60}}
        - {name: six, train: {path: 'builtin:digits', labels: [6], limit: 60}}
      evaluate:
        old: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3, 4], limit: 100}
        five: {path: 'builtin:digits', split: test, labels: [5], limit: 30}
      path: {steps: 60, batch: 32, anchorBatch: 32, learningRate: 0.01, checkpointEvery: 20,
             evaluateEvery: 20, measureEvery: 5, widening: {shift: 0}}
      """;

  private static final String TRAIN =
      """
      architecture: {architectures: [LeNet300100], input_shape: [1, 8, 8],
                     hidden_sizes: [20, 10], num_labels: 10}
      preprocessor: {image_processor_type: ViTImageProcessor, do_resize: false,
                     do_rescale: true, rescale_factor: 0.0625, do_normalize: false}
      tasks: [{name: digits 0-4, train: {path: 'builtin:digits', labels: [0, 1, 2, 3, 4]}}]
      evaluate: {old: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3, 4], limit: 100}}
      path: {steps: 150, batch: 64, learningRate: 0.01, checkpointEvery: 25, evaluateEvery: 25}
      """;

  @TempDir static Path folder;
  private static final Map<String, JsonNode> RESULTS = new LinkedHashMap<>();

  @BeforeAll
  static void run() throws IOException {
    Path train = Files.writeString(folder.resolve("train.yaml"), TRAIN);
    Path common = Files.writeString(folder.resolve("common.yaml"), COMMON);
    job("train", train);
    job("train", "other", train, "seed=1");
    String start = folder.resolve("train/network").toString();
    String network = "network=" + start;
    job("adapt", common, network, "baselines=[fine-tuning]");
    job(
        "sparsify",
        common,
        network,
        "sparsity={curve: [0.5], target: 0.8}",
        "baselines=[one-shot, fine-tuning]");
    job(
        "robustify",
        common,
        network,
        "robustify={attack: {steps: 2}, test: {steps: 2, restarts: 1, adaptiveSteps: 2, queries: 2,"
            + " limit: 20}}");
    job(
        "diversify",
        common,
        network,
        "diversify={members: 2, by: weights, weight: 0.1, limit: 20, attack: {steps: 2}}");
    job(
        "connect",
        common,
        network,
        "connect={to: " + folder.resolve("other/network") + ", bends: 1, resolution: 3}");
    job(
        "chain",
        common,
        network,
        "operations=[{command: adapt}, {command: sparsify, sparsity: {target: 0.5}}]");
    job("adapt", "nights", common, network, "night='1'");
    job("adapt", "nights", common, network, "night='2'", "tasks.0.name=again", "gate.drift=0");
    job(
        "explore",
        common,
        network,
        "tasks=[{name: five, train: {path: 'builtin:digits', labels: [5], limit: 60}}]",
        "explore={grid: {path.anchorWeight: [0, 0.01, 1], seed: [0, 1]}}");
    job(
        "explore",
        "ensembles",
        common,
        network,
        "diversify={members: 2, by: weights, limit: 20, attack: {steps: 2}}",
        "explore={command: diversify, grid: {diversify.weight: [0.1, 1]}}");
  }

  private static void job(String command, Path recipe, String... sets) {
    job(command, command, recipe, sets);
  }

  private static void job(String command, String output, Path recipe, String... sets) {
    CommandLineRun run = runJob(command, output, recipe, sets);
    run.assertOk();
    RESULTS.put(output, run.json());
  }

  private static CommandLineRun runJob(String command, String output, Path recipe, String... sets) {
    List<String> arguments = new ArrayList<>(List.of(command, recipe.toString(), "--json"));
    for (String set : sets) {
      arguments.addAll(List.of("--set", set));
    }
    arguments.addAll(List.of("--set", "output=" + folder.resolve(output)));
    return CommandLineRun.ofReportedJob(arguments.toArray(String[]::new));
  }

  private static String report(String output) throws IOException {
    assertEquals(
        "file:" + folder.resolve(output).resolve("report.html"),
        RESULTS.get(output).path("report").asText());
    return Files.readString(folder.resolve(output).resolve("report.html"));
  }

  private static String verdict(String html) {
    return html.replaceAll("(?s).*<p class=\"verdict\">(.*?)</p>.*", "$1")
        .replace("&quot;", "\"")
        .replace("&#39;", "'");
  }

  private static void assertVerdict(String output, String pattern) throws IOException {
    String verdict = verdict(report(output));
    assertTrue(verdict.matches(pattern), verdict);
  }

  @Test
  void everyJobEndsWithAVerdictInASentence() throws IOException {
    String percent = "\\d+\\.\\d\\d %";
    String rest = ", in [\\d,]+ steps and [\\d.]+ s, with a drift of [-\\d.E]+";
    assertVerdict("train", "Learned old \\(" + percent + ", before .*\\)" + rest + "\\.");
    assertVerdict(
        "adapt",
        "(Learned|Kept|Lost|Did not learn) .*"
            + rest
            + "; fine-tuning ends at old .* and five .*\\.");
    assertVerdict("sparsify", "80\\.\\d+ % of the weights are zero(,| and) .*; fine-tuning .*\\.");
    assertVerdict("robustify", percent + " of old withstand attacks \\(before .*\\).*\\.");
    assertVerdict(
        "diversify",
        "2 networks of one function are right on .* of old \\(their ensemble on .*\\.");
    assertVerdict(
        "connect",
        "Accuracy on old drops by at most [\\d.]+ points along the path and by [\\d.]+ on the"
            + " straight line.*\\.");
    assertVerdict(
        "chain",
        "The chain 1-adapt, 2-sparsify ends at old .*, with (49|5\\d)\\.\\d+ % of the weights zero\\.");
    assertVerdict(
        "nights",
        "1 of 2 nights were published; the latest network is that of night 1 \\(.*\\); night 2 was"
            + " refused: .*\\.");
    assertVerdict(
        "explore",
        "6 of 6 paths are at their end; .*; the first in rank, anchorWeight-.*, has old .*\\.");
  }

  @Test
  void everyReportSaysWhatWasAskedAndHowToGoOn() throws IOException {
    for (String output : RESULTS.keySet()) {
      String html = report(output);
      assertTrue(html.contains("<h2 id=\"asked\">What was asked</h2>"), output);
      assertTrue(html.contains("fip report "), output);
      assertTrue(html.contains("fip export --store "), output);
      assertTrue(html.contains("<h3 id=\"projection\">"), output);
      assertTrue(html.contains("<h3 id=\"accuracy\">"), output);
      assertTrue(html.contains("<h3 id=\"length-outputs\">"), output);
      assertTrue(html.contains("<h2 id=\"cost\">"), output);
      assertFalse(html.contains("could not be drawn"), output);
      assertFalse(html.contains("What is wrong"), output);
    }
    assertTrue(report("sparsify").contains("Sparsity by tensor"));
    assertTrue(report("adapt").contains("Accuracy after each task"));
    assertTrue(report("diversify").contains("What the ensemble can do"));
  }

  @Test
  void aReportMadeLaterIsTheOneThatTheJobLeft() throws IOException {
    for (String output : RESULTS.keySet()) {
      // Links of an exploration start where its report is.
      Path again = folder.resolve(output).resolve("again.html");
      CommandLineRun.of("report", folder.resolve(output).toString(), "--out", again.toString())
          .assertOk();
      assertEquals(report(output), Files.readString(again), output);
      Files.delete(again);
    }
  }

  @Test
  void everyPointOfTheFrontCanBeExportedAsItsReportSays() throws IOException {
    String html = report("explore");
    List<String> commands =
        html.lines()
            .filter(line -> line.contains("<code>fip export "))
            .map(line -> line.replaceAll(".*<code>fip (.*)</code>.*", "$1"))
            .toList();
    long pareto = html.lines().filter(line -> line.contains("<td>no. ")).count();
    assertTrue(pareto >= 1, "no point of the front");
    assertEquals(pareto, commands.size());
    for (String command : commands) {
      Path out = folder.resolve("exported").resolve(command.replaceAll(".*/", ""));
      CommandLineRun.of(command.replaceAll(" --out .*", " --out " + out).split(" ", -1)).assertOk();
      assertTrue(Files.exists(out.resolve("model.safetensors")), command);
    }
    List<String> links =
        html.lines()
            .filter(line -> line.contains("<a href="))
            .map(line -> line.replaceAll(".*<a href=\"(.*?)\">.*", "$1"))
            .toList();
    assertEquals(6, links.size());
    for (String link : links) {
      Path network = folder.resolve("explore").resolve(java.net.URI.create(link).getPath());
      assertTrue(Files.exists(network.resolve("config.json")), link);
    }
  }

  @Test
  void theSpectrumIsMeasuredWhenItIsAskedFor() throws IOException {
    for (String output : List.of("adapt", "sparsify", "train")) {
      Path file = folder.resolve("spectrum-" + output + ".html");
      CommandLineRun.of(
              "report",
              folder.resolve(output).toString(),
              "--spectrum",
              "5",
              "--out",
              file.toString())
          .assertOk();
      String html = Files.readString(file);
      assertTrue(html.contains("<h2 id=\"spectrum\">"), output);
      assertTrue(html.contains("<th scope=\"row\">Effective rank</th>"), output);
      assertTrue(html.contains("over 5 eigenvalues."), output);
      String inputs = output.equals("train") ? "over 256 inputs" : "over 60 inputs";
      assertTrue(html.contains(output.equals("adapt") ? "over 110 inputs" : inputs), output);
    }
    CommandLineRun many =
        CommandLineRun.of(
            "report",
            folder.resolve("explore").toString(),
            "--spectrum",
            "5",
            "--out",
            folder.resolve("none.html").toString());
    assertEquals(64, many.exitCode(), many.err());
    assertTrue(many.err().contains("--spectrum is measured on one path"), many.err());
  }

  @Test
  void aPathThatHasNotEndedAndIsDamagedSaysSo() throws IOException {
    Path copy = folder.resolve("unfinished/store");
    FileUtil.copy(
        folder.resolve("adapt").toFile(),
        org.apache.hadoop.fs.FileSystem.getLocal(new org.apache.hadoop.conf.Configuration()),
        new org.apache.hadoop.fs.Path(copy.toUri()),
        false,
        new org.apache.hadoop.conf.Configuration());
    for (String gone : List.of("network", "status.json", "waypoints/000100", "waypoints/000120")) {
      FileUtil.fullyDelete(copy.resolve(gone).toFile());
    }
    Path metrics = copy.resolve("waypoints/000040/metrics.json");
    Files.writeString(metrics, Files.readString(metrics).replaceFirst("\\d", "7"));
    Path model = copy.resolve("waypoints/000060/model.safetensors");
    byte[] weights = Files.readAllBytes(model);
    weights[weights.length - 1] ^= 1;
    Files.write(model, weights);
    Path file = folder.resolve("unfinished/report.html");
    CommandLineRun.of("report", copy.toString(), "--out", file.toString()).assertOk();
    String html = Files.readString(file);
    assertTrue(
        verdict(html).startsWith("Not finished: adapt stands at step 80; so far "), verdict(html));
    assertTrue(html.contains("What is wrong"), html);
    assertTrue(html.contains("metrics.json: is damaged"), "damaged metrics");
    assertTrue(html.contains("model.safetensors: is damaged"), "damaged weights");
  }

  @Test
  void aReportThatCannotBeWrittenIsAFailureBesideTheResult() throws IOException {
    Path report = folder.resolve("other/report.html");
    byte[] written = Files.readAllBytes(report);
    Files.delete(report);
    Files.createFile(Files.createDirectory(report).resolve("in-the-way"));
    Path recipe = folder.resolve("train.yaml");
    CommandLineRun failed = runJob("train", "other", recipe, "seed=1");
    assertEquals(74, failed.exitCode(), failed.err());
    assertEquals(1, failed.err().lines().count(), failed.err());
    assertTrue(failed.err().contains("report.html"), failed.err());
    assertEquals(RESULTS.get("other").path("network"), failed.json().path("network"), failed.out());
    assertEquals("storage", failed.json().at("/error/category").asText());
    FileUtil.fullyDelete(report.toFile());
    runJob("train", "other", recipe, "seed=1").assertOk();
    assertArrayEquals(written, Files.readAllBytes(report));
  }

  @TestFactory
  Stream<DynamicTest> everyReportIsReadOnAPhoneInTheDarkOnPaperAndAloud() throws IOException {
    Path several = folder.resolve("several.html");
    CommandLineRun.of(
            "report",
            folder.resolve("train").toString(),
            folder.resolve("adapt").toString(),
            folder.resolve("sparsify").toString(),
            "--out",
            several.toString())
        .assertOk();
    Browser browser = Browser.start();
    return Stream.concat(
            RESULTS.keySet().stream().map(output -> folder.resolve(output).resolve("report.html")),
            Stream.of(several))
        .map(
            file -> {
              String name =
                  file.equals(several) ? "several" : file.getParent().getFileName().toString();
              return DynamicTest.dynamicTest(name, () -> ReportPage.check(browser, file, name));
            })
        .onClose(browser::close);
  }
}
