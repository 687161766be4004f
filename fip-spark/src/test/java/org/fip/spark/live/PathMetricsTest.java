package org.fip.spark.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.fip.spark.manifold.TestSpark;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;
import org.fip.spark.store.Walker;
import org.junit.jupiter.api.Test;

/** Gauges as Prometheus gets them from Spark, and the dashboard that shows them. */
class PathMetricsTest {
  private static final Path DEPLOY = Path.of("../deploy");
  private static final Pattern SETTING = Pattern.compile("# (spark\\.(?:ui|metrics)\\S+) +(\\S+)");
  private static final String PREFIX = "metrics_fip_driver_fip_";

  private static PathStatus status(String store, State state) {
    Instant now = Instant.now();
    return new PathStatus(
        store,
        "anchored",
        null,
        state,
        null,
        new PathStatus.Progress(100, 400, 2.5, 120, 0.75),
        new Measurement(100, 0.75, 0.0125, 0, 0, 1, 2, 345, 67, 89, 61),
        100,
        Map.of("fashion-test", new Evaluation(0.875, 0.1, 10)),
        now,
        now,
        Walker.here());
  }

  /** The settings that operators are given, from among the lines that are commented out. */
  private static SparkConf conf() throws Exception {
    SparkConf conf = TestSpark.conf("local[1]");
    for (String line : Files.readAllLines(DEPLOY.resolve("spark-defaults.conf"))) {
      Matcher setting = SETTING.matcher(line);
      if (setting.matches()) {
        conf.set(setting.group(1), setting.group(2));
      }
    }
    return conf.set("spark.ui.port", "0");
  }

  private static Map<String, String> scrape(SparkContext spark) throws Exception {
    URI page = URI.create(spark.ui().get().webUrl() + "/metrics/prometheus/");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
    Map<String, String> values = new HashMap<>();
    for (String line : answer.body().lines().toList()) {
      Matcher sample = Pattern.compile("(\\w+)(\\{[^}]*})? (\\S+)").matcher(line);
      if (sample.matches()) {
        values.put(sample.group(1), sample.group(3));
      }
    }
    return values;
  }

  @Test
  void prometheusGetsTheGaugesThatTheDashboardShows() throws Exception {
    SparkContext spark = new SparkContext(conf());
    try {
      PathMetrics metrics = PathMetrics.registered();
      metrics.updated(status("hdfs://host/paths/mnist-fashion", State.RUNNING));
      metrics.updated(status("hdfs://host/other/mnist-fashion", State.RUNNING));
      metrics.updated(status("file:/paths/a/baselines/fine-tuning", State.RUNNING));
      metrics.updated(status("file:/paths/b", State.FAILED));
      Map<String, String> values = scrape(spark);
      assertEquals("3", values.get(PREFIX + "paths_running_Value"));
      assertEquals("1", values.get(PREFIX + "paths_failed_Value"));
      assertEquals("100.0", values.get(PREFIX + "path_mnist_fashion_step_Value"));
      assertEquals("0.0125", values.get(PREFIX + "path_mnist_fashion_2_drift_Value"));
      assertEquals("345.0", values.get(PREFIX + "path_a_fine_tuning_rounds_Value"));
      assertEquals("0.875", values.get(PREFIX + "path_mnist_fashion_accuracy_fashion_test_Value"));
      assertShown(values.keySet());

      metrics.updated(status("hdfs://host/paths/mnist-fashion", State.FINISHED));
      values = scrape(spark);
      assertEquals("1", values.get(PREFIX + "paths_finished_Value"));
      assertFalse(values.containsKey(PREFIX + "path_mnist_fashion_step_Value"));
      assertTrue(values.containsKey(PREFIX + "path_mnist_fashion_2_step_Value"));
    } finally {
      spark.stop();
    }
  }

  /** Every metric that the dashboard asks for is there, and every gauge is asked for. */
  private static void assertShown(Set<String> names) throws Exception {
    JsonNode dashboard =
        new ObjectMapper().readTree(DEPLOY.resolve("grafana/fip-paths.json").toFile());
    Set<String> asked = new HashSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      assertTrue(panel.path("targets").size() > 0, panel.path("title").asText());
      for (JsonNode target : panel.path("targets")) {
        String expression = target.path("expr").asText();
        Matcher metric =
            Pattern.compile("__name__=~\"([^\"]+)\"|\\b(metrics_\\w+)")
                .matcher(expression.replaceAll("\"__name__\", \"[^\"]*\"", ""));
        int found = 0;
        while (metric.find()) {
          String wanted = metric.group(1) == null ? metric.group(2) : metric.group(1);
          Set<String> matching = new HashSet<>(names);
          matching.removeIf(name -> !name.matches(wanted));
          assertFalse(matching.isEmpty(), wanted + " in " + panel.path("title").asText());
          asked.addAll(matching);
          found++;
        }
        assertTrue(found > 0, expression);
        Matcher label = Pattern.compile("\"__name__\", \"([^\"]+)\"").matcher(expression);
        while (label.find()) {
          String pattern = label.group(1);
          assertTrue(names.stream().anyMatch(name -> name.matches(pattern)), pattern);
        }
      }
    }
    Set<String> left = new HashSet<>(names);
    left.removeIf(name -> !name.startsWith(PREFIX) || !name.endsWith("_Value"));
    left.removeAll(asked);
    left.removeIf(name -> name.endsWith("_seconds_Value"));
    assertEquals(Set.of(), left, "gauges that no panel shows");
  }
}
