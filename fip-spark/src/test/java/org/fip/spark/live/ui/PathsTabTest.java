package org.fip.spark.live.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.status.AppHistoryServerPlugin;
import org.apache.spark.status.ElementTrackingStore;
import org.apache.spark.util.JsonProtocol;
import org.apache.spark.util.kvstore.InMemoryStore;
import org.apache.spark.util.kvstore.KVStoreSerializer;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.fip.spark.browser.Accessibility;
import org.fip.spark.browser.Artefacts;
import org.fip.spark.browser.Browser;
import org.fip.spark.browser.Page;
import org.fip.spark.live.JobDescriptions;
import org.fip.spark.live.LiveJob;
import org.fip.spark.live.LivePaths;
import org.fip.spark.manifold.SparkWorkers;
import org.fip.spark.manifold.TestSpark;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;
import org.fip.spark.store.Walker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** The tab in a running application, and what a history server makes of the event log. */
class PathsTabTest {
  @TempDir private Path folder;

  private static PathStatus status(String store, String name, PathStatus.Point point, State state) {
    Instant now = Instant.parse("2026-01-02T03:04:05.678Z");
    return new PathStatus(
        store,
        name,
        point,
        state,
        state == State.FAILED ? "broken <i>" : null,
        new PathStatus.Progress(100, 400, 2.5, 120, 0.75),
        new Measurement(100, 0.75, 0.0123, 0, 0, 1, 2, 345, 6_700_000, 8_900_000, 61),
        100,
        Map.of("mnist", new Evaluation(0.9772, 0.1, 10)),
        now,
        now,
        Walker.here());
  }

  private static String get(String page) throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build()
            .send(
                HttpRequest.newBuilder(URI.create(page)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), page);
    return response.body();
  }

  private SparkConf conf() {
    return TestSpark.conf("local[1]")
        .set("spark.ui.enabled", "true")
        .set("spark.ui.port", "0")
        .set("spark.eventLog.enabled", "true")
        .set("spark.eventLog.rolling.enabled", "false")
        .set("spark.eventLog.compress", "false")
        .set("spark.eventLog.dir", folder.toUri().toString());
  }

  @Test
  void aJobIsSeenInTheTabAmongTheJobsAndFromTheEventLog() throws Exception {
    SparkContext spark = new SparkContext(conf());
    String tab;
    try (LivePaths live = new LivePaths(new JobDescriptions(spark), new PathEvents(spark))) {
      LiveJob.run(
          folder.resolve("<path>"),
          live,
          SparkWorkers.factory(JavaSparkContext.fromSparkContext(spark)));
      live.updated(
          status(
              "file:/explored/<script>alert(1)</script>",
              "a=1",
              new PathStatus.Point("file:/explored", Map.of("path.steps", "<b>400</b>")),
              State.FAILED));
      spark.listenerBus().waitUntilEmpty();
      String url = spark.ui().get().webUrl();
      tab = get(url + "/fip/");
      assertTrue(tab.contains("FIP paths"), tab);
      String jobs = get(url + "/jobs/");
      assertTrue(jobs.contains("train: first: workers"), jobs);
      assertTrue(jobs.contains("train: first: from step 39 of 40"), jobs);
    } finally {
      spark.stop();
    }
    assertShown(tab);
    assertShown(fromEventLog());
  }

  private static void assertShown(String page) {
    assertTrue(page.contains("train: first"), page);
    assertTrue(page.contains("finished"), page);
    assertTrue(page.contains("40 of 40"), page);
    assertTrue(page.contains("digits 0-3 "), page);
    assertTrue(page.contains("&lt;path&gt;"), page);
    assertTrue(page.contains("Exploration file:/explored"), page);
    assertTrue(page.contains("1 points: 1 failed"), page);
    assertTrue(page.contains("failed: broken &lt;i&gt;"), page);
    assertTrue(page.contains("&lt;b&gt;400&lt;/b&gt;"), page);
    assertFalse(page.contains("<script>alert"), page);
    assertFalse(page.contains("<b>400"), page);
  }

  @Test
  void theTabIsReadInABrowserWithoutAComplaint() throws Exception {
    try (Browser browser = Browser.start();
        Page page = browser.page()) {
      SparkContext spark = new SparkContext(conf());
      try (LivePaths live = new LivePaths(new PathEvents(spark))) {
        live.updated(status("file:/paths/a", "anchored: fashion", null, State.RUNNING));
        live.updated(
            status(
                "file:/explored/paths/b",
                "b",
                new PathStatus.Point("file:/explored", Map.of("path.steps", "400")),
                State.FAILED));
        spark.listenerBus().waitUntilEmpty();
        String url = spark.ui().get().webUrl();
        page.size(1600, 700).medium("screen", "light").load(URI.create(url + "/fip/"));
        Artefacts.keep("spark-tab.png", page.screenshot());
        assertEquals(List.of(), page.complaints());
        assertTrue(page.requests().contains(url + "/fip/"), page.requests().toString());
        for (String request : page.requests()) {
          assertTrue(request.startsWith(url + "/") || request.startsWith("data:"), request);
        }
        assertEquals(2, page.evaluate("document.querySelectorAll('table').length").asInt());
        Accessibility.check(page, "table");
      } finally {
        spark.stop();
      }
    }
  }

  /** The page as a history server has it, which finds the plugin by its service file. */
  private String fromEventLog() throws Exception {
    AppHistoryServerPlugin plugin =
        ServiceLoader.load(AppHistoryServerPlugin.class).stream()
            .filter(provider -> provider.type() == PathsHistory.class)
            .findFirst()
            .orElseThrow()
            .get();
    ElementTrackingStore store = new ElementTrackingStore(new InMemoryStore(), conf());
    List<SparkListener> listeners =
        CollectionConverters.asJava(plugin.createListeners(conf(), store));
    Path log;
    try (Stream<Path> logs = Files.list(folder)) {
      log =
          logs.filter(file -> file.getFileName().toString().startsWith("local-"))
              .findFirst()
              .orElseThrow();
    }
    int events = 0;
    for (String line : Files.readAllLines(log)) {
      SparkListenerEvent event = JsonProtocol.sparkEventFromJson(line);
      listeners.forEach(listener -> listener.onOtherEvent(event));
      events += event instanceof PathEvent ? 1 : 0;
    }
    assertTrue(events >= 3 && events < 20, events + " events, with one every two seconds at most");
    return page(PathEntry.statuses(store));
  }

  private static String page(List<PathStatus> statuses) {
    return Html.element("div", PathsPage.content(statuses)).toString();
  }

  @Test
  void anEntrySurvivesAStoreOnDisk() throws Exception {
    PathStatus status = status("file:/paths/a", "anchored: \u00fc", null, State.RUNNING);
    KVStoreSerializer serializer = new KVStoreSerializer();
    byte[] bytes = serializer.serialize(new PathEntry(status));
    InMemoryStore store = new InMemoryStore();
    store.write(serializer.deserialize(bytes, PathEntry.class));
    assertEquals(List.of(status), PathEntry.statuses(store));
  }

  @Test
  void aRowHasAllThatIsKnown() {
    String page =
        page(new ArrayList<>(List.of(status("file:/a", "anchored", null, State.RUNNING))));
    for (String cell :
        List.of(
            "100 of 400",
            "2.5",
            "2.0 min",
            "0.7500",
            "0.01230",
            "mnist 97.72 % (step 100)",
            "345",
            "6.7, 8.9",
            "1.0 min",
            "2026-01-02T03:04:05Z",
            "file:/a")) {
      assertTrue(page.contains("<td>" + cell + "</td>"), cell + " in " + page);
    }
    assertTrue(page(List.of()).contains("No path has begun yet."));
  }
}
