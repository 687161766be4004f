package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.fip.spark.browser.Browser;
import org.fip.spark.browser.ReportPage;
import org.fip.spark.store.Finding;
import org.fip.spark.store.PathStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first command of the README. */
class DemoIT {
  private static final String OLD = "digits 0-4";
  private static final String NEW = "digits 5-9";

  /** What a browser would fetch: anything but places in the page and data in it. */
  private static final Pattern FETCHED =
      Pattern.compile(
          "<(link|iframe|script[^>]* src)\\b|\\bsrc\\s*=\\s*[\"'](?!data:)"
              + "|@import|url\\(\\s*[\"']?(?!data:|#)",
          Pattern.CASE_INSENSITIVE);

  @TempDir static Path folder;
  private static JsonNode demo;

  @BeforeAll
  static void run() {
    demo = launch().json();
  }

  private static Finish launch() {
    return Launch.fip("demo", "--out", folder.resolve("demo").toString(), "--json").finish().ok();
  }

  @Test
  void newDigitsAreLearnedAndOldOnesKept() {
    JsonNode kept = demo.at("/adapt/evaluation").get(OLD);
    double start = kept.at("/start/accuracy").asDouble();
    double end = kept.at("/end/accuracy").asDouble();
    assertTrue(start > 0.9, "start " + start);
    assertTrue(end >= start - 0.01, "kept " + end + " of " + start);
    double learned = demo.at("/adapt/evaluation").get(NEW).at("/end/accuracy").asDouble();
    assertTrue(learned > 0.8, "learned " + learned);
    JsonNode baseline = demo.at("/adapt/baselines/fine-tuning/evaluation").get(OLD);
    double tuned = baseline.at("/accuracy").asDouble(1);
    assertTrue(tuned < 0.3, "fine-tuning keeps " + tuned);
  }

  @Test
  void theSparseNetworkReachesItsTarget() {
    JsonNode sparsity = demo.at("/sparsify/sparsity");
    double target = sparsity.at("/target").asDouble();
    assertTrue(target >= 0.5, sparsity.toString());
    assertEquals(target, sparsity.at("/achieved").asDouble(), 0.001);
  }

  @Test
  void theReportNeedsNothingElse() throws IOException {
    String report =
        Files.readString(Path.of(demo.get("report").asText().replaceFirst("^file:", "")));
    assertTrue(report.contains("<svg"), "no plot in the report");
    assertTrue(report.contains(demo.get("verdict").asText()), "no verdict in the report");
    assertEquals(List.of(), FETCHED.matcher(report).results().map(match -> match.group()).toList());
  }

  @Test
  void theReportIsReadableOnEveryMedium() {
    try (Browser browser = Browser.start()) {
      ReportPage.check(browser, Path.of(URI.create(demo.get("report").asText())), "demo");
    }
  }

  @Test
  void everyStoreIsWhole() {
    for (String store :
        List.of(
            demo.at("/train/store").asText(),
            demo.at("/adapt/store").asText(),
            demo.at("/adapt/store").asText() + "/baselines/fine-tuning",
            demo.at("/sparsify/store").asText())) {
      List<Finding> findings = PathStore.open(new Configuration(), at(store)).verify();
      assertTrue(findings.stream().allMatch(Finding::whole), findings.toString());
      assertTrue(findings.size() > 2, findings.toString());
    }
  }

  private static org.apache.hadoop.fs.Path at(String store) {
    return new org.apache.hadoop.fs.Path(store);
  }

  @Test
  void runAgainItRedoesNothing() throws IOException {
    Map<Path, FileTime> before = written();
    assertEquals(demo, launch().json());
    assertEquals(before, written());
  }

  /** The files of the stores and when they were written. */
  private static Map<Path, FileTime> written() throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder.resolve("demo"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.getFileName().toString().matches("manifest.json|.*\\.safetensors")) {
          times.put(file, Files.getLastModifiedTime(file));
        }
      }
    }
    assertFalse(times.isEmpty());
    return times;
  }
}
