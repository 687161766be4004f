package org.fip.spark.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import org.fip.spark.report.Front.Point;
import org.fip.spark.report.Front.Scale;

/** The points of an exploration: the Pareto set as a figure, all of them as a table. */
final class FrontFigure {
  private static final int MOST_EXPORTS = 50;

  private final Front front;
  private final List<Point> pareto;

  private FrontFigure(Front front) {
    this.front = front;
    pareto = front.points().stream().filter(Point::pareto).toList();
  }

  /** The part about an exploration. */
  static Section of(Front front) {
    return new FrontFigure(front).section();
  }

  private Section section() {
    Section section = new Section("front", "The Pareto front").table(table());
    if (front.measures().size() > 1 && !pareto.isEmpty()) {
      section.figures(List.of(figure()));
    }
    section.note(
        "No other path is at least as good by every measure and better by one than those with a"
            + " number. Names lead to the folders of their networks.");
    for (Point point : pareto.subList(0, Math.min(MOST_EXPORTS, pareto.size()))) {
      if (!point.export().isEmpty()) {
        section.command("Export %d, %s".formatted(number(point), point.name()), point.export());
      }
    }
    front.points().stream()
        .filter(point -> !point.problem().isEmpty())
        .forEach(point -> section.note("%s failed: %s".formatted(point.name(), point.problem())));
    return section;
  }

  private int number(Point point) {
    return 1 + pareto.indexOf(point);
  }

  private Table table() {
    Set<String> keys = new LinkedHashSet<>();
    front.points().forEach(point -> keys.addAll(point.parameters().keySet()));
    List<String> headers = new ArrayList<>(List.of("Path", "Pareto", "Rank"));
    headers.addAll(keys);
    front.measures().forEach(measure -> headers.add(measure.name()));
    headers.addAll(List.of("Steps", "State"));
    List<Table.Row> rows = new ArrayList<>();
    for (Point point : front.points()) {
      List<Cell> cells = new ArrayList<>();
      cells.add(Cell.linked(point.name(), point.network()));
      cells.add(Cell.of(point.pareto() ? "no. " + number(point) : ""));
      cells.add(Cell.of(point.rank() == null ? "" : point.rank().toString()));
      keys.forEach(key -> cells.add(Cell.of(point.parameters().getOrDefault(key, ""))));
      front.measures().forEach(measure -> cells.add(Cell.of(value(point, measure))));
      cells.add(Cell.of(Format.count(point.steps())));
      cells.add(Cell.of(point.status()));
      rows.add(new Table.Row(point.pareto(), cells));
    }
    return new Table("Paths of the exploration, the best first", headers, rows, false);
  }

  private static String value(Point point, Scale measure) {
    double value = point.values().getOrDefault(measure.name(), Double.NaN);
    return measure.share() ? Format.percent(value) : Format.number(value);
  }

  private Figure figure() {
    Scale across = front.measures().get(0);
    Scale up = front.measures().get(1);
    Line best = new Line("Pareto set", Line.Look.MARKS);
    List<Plot.Label> labels = new ArrayList<>();
    for (Point point : pareto) {
      double x = number(point, across);
      double y = number(point, up);
      best.add(x, y);
      if (Double.isFinite(x) && Double.isFinite(y)) {
        labels.add(new Plot.Label(Integer.toString(number(point)), x, y));
      }
    }
    Line edge = new Line("front", Line.Look.TRACE);
    pareto.stream()
        .sorted(Comparator.comparingDouble(point -> number(point, across)))
        .forEach(point -> edge.add(number(point, across), number(point, up)));
    Line others = new Line("other paths", Line.Look.PALE);
    front.points().stream()
        .filter(point -> !point.pareto())
        .forEach(point -> others.add(number(point, across), number(point, up)));
    List<Line> lines = new ArrayList<>();
    // With more than two measures the set has no edge in this plane.
    if (front.measures().size() == 2 && edge.x().size() > 1) {
      lines.add(edge);
    }
    lines.addAll(List.of(best, others));
    return Figure.of(
        "pareto",
        "Paths by " + across.name() + " and " + up.name(),
        "Each mark is where a path ended or was stopped. Numbers are those of the table; marks"
            + " without one are dominated."
            + (front.measures().size() > 2
                ? " The paths are compared by %d measures, of which two are shown."
                    .formatted(front.measures().size())
                : ""),
        summary(across, up),
        new Plot(
            lines.stream().filter(line -> !line.isEmpty()).toList(),
            Plot.Axes.LINEAR,
            title(across),
            title(up),
            format(across),
            format(up),
            labels),
        List.of("Path", across.name(), up.name()),
        Figures.thin(
            front.points().stream()
                .map(point -> List.of(point.name(), value(point, across), value(point, up)))
                .toList()),
        front.points().size());
  }

  private static double number(Point point, Scale measure) {
    return point.values().getOrDefault(measure.name(), Double.NaN);
  }

  private static String title(Scale measure) {
    return measure.name() + (measure.higher() ? " (more is better)" : " (less is better)");
  }

  private static DoubleFunction<String> format(Scale measure) {
    return measure.share() ? Format::wholePercent : Format::tick;
  }

  private String summary(Scale across, Scale up) {
    return pareto.stream()
        .map(
            point ->
                "%d, %s: %s %s, %s %s."
                    .formatted(
                        number(point),
                        point.name(),
                        across.name(),
                        value(point, across),
                        up.name(),
                        value(point, up)))
        .collect(
            Collectors.joining(
                " ",
                "%d of %d paths are not dominated. "
                    .formatted(pareto.size(), front.points().size()),
                ""));
  }
}
