package org.fip.spark.live.ui;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.ui.UIUtils;
import org.apache.spark.ui.UIUtils$;
import org.apache.spark.ui.WebUIPage;
import org.apache.spark.util.kvstore.KVStore;
import org.fip.core.path.Measurement;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;
import scala.collection.immutable.Seq;
import scala.xml.Node;

/** A table of single paths, and one of the points of each exploration. */
final class PathsPage extends WebUIPage {
  private static final List<String> HEADERS =
      List.of(
          "Path",
          "State",
          "Step",
          "Steps/s",
          "Left",
          "Objective",
          "Drift",
          "Accuracy",
          "Rounds",
          "MB out, back",
          "Time",
          "Since",
          "Updated",
          "Store");

  private final PathsTab tab;
  private final KVStore store;

  PathsPage(PathsTab tab, KVStore store) {
    super("");
    this.tab = tab;
    this.store = store;
  }

  @Override
  public Seq<Node> render(HttpServletRequest request) {
    Seq<Node> content = Html.nodes(content(PathEntry.statuses(store)));
    UIUtils$ page = UIUtils$.MODULE$;
    return page.headerSparkPage(
        request,
        "FIP paths",
        () -> content,
        tab,
        page.headerSparkPage$default$5(),
        page.headerSparkPage$default$6(),
        page.headerSparkPage$default$7(),
        page.headerSparkPage$default$8());
  }

  /** What the page shows below its heading. */
  static List<Node> content(List<PathStatus> statuses) {
    List<PathStatus> single = statuses.stream().filter(status -> status.point() == null).toList();
    List<Node> content = new ArrayList<>();
    if (statuses.isEmpty()) {
      content.add(Html.element("p", "No path has begun yet."));
    }
    if (!single.isEmpty()) {
      content.add(Html.table(HEADERS, single.stream().map(PathsPage::row).toList()));
    }
    Map<String, List<PathStatus>> explorations =
        statuses.stream()
            .filter(status -> status.point() != null)
            .collect(
                Collectors.groupingBy(
                    status -> status.point().exploration(), TreeMap::new, Collectors.toList()));
    explorations.forEach(
        (exploration, points) -> {
          content.add(Html.element("h4", "Exploration " + exploration));
          content.add(Html.element("p", counts(points)));
          content.add(points(points));
        });
    return content;
  }

  private static String counts(Collection<PathStatus> points) {
    Map<State, Long> counts =
        points.stream()
            .collect(Collectors.groupingBy(PathStatus::state, TreeMap::new, Collectors.counting()));
    return points.size()
        + " points: "
        + counts.entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey().label())
            .collect(Collectors.joining(", "));
  }

  /** The table of points, with a column for each parameter. */
  private static Node points(List<PathStatus> points) {
    List<String> parameters =
        points.stream()
            .flatMap(point -> point.point().parameters().keySet().stream())
            .distinct()
            .sorted()
            .toList();
    List<String> headers = new ArrayList<>(parameters);
    headers.addAll(HEADERS);
    List<List<String>> rows = new ArrayList<>();
    for (PathStatus point : points) {
      List<String> row = new ArrayList<>();
      parameters.forEach(key -> row.add(point.point().parameters().getOrDefault(key, "")));
      row.addAll(row(point));
      rows.add(row);
    }
    return Html.table(headers, rows);
  }

  private static List<String> row(PathStatus status) {
    PathStatus.Progress progress = status.progress();
    Measurement last = status.measurement();
    String reason = status.reason() == null ? "" : ": " + status.reason();
    return List.of(
        status.name(),
        status.state().label() + reason,
        progress.step() + " of " + progress.steps(),
        number("%.1f", progress.stepsPerSecond()),
        status.state() == State.RUNNING ? duration(progress.secondsLeft()) : "",
        number("%.4g", progress.objective()),
        last == null ? "" : number("%.4g", last.drift()),
        accuracy(status),
        last == null ? "" : Long.toString(last.rounds()),
        last == null
            ? ""
            : String.format(
                Locale.ROOT, "%.1f, %.1f", last.bytesBroadcast() / 1e6, last.bytesReduced() / 1e6),
        last == null ? "" : duration(last.seconds()),
        time(status.since()),
        time(status.updated()),
        status.store());
  }

  private static String accuracy(PathStatus status) {
    String values =
        status.evaluation().entrySet().stream()
            .map(
                set ->
                    set.getKey()
                        + String.format(Locale.ROOT, " %.2f %%", 100 * set.getValue().accuracy()))
            .collect(Collectors.joining(", "));
    return values.isEmpty() ? "" : values + " (step " + status.evaluatedAt() + ")";
  }

  private static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "";
  }

  private static String duration(double seconds) {
    return Double.isFinite(seconds) ? UIUtils.formatDuration(Math.round(1000 * seconds)) : "";
  }

  private static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
