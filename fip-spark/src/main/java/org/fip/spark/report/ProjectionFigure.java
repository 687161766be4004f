package org.fip.spark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.fip.spark.report.Projection.Spot;
import org.fip.spark.report.Projection.Trail;

/**
 * Paths in the plane in which their waypoints differ most, with the accuracy as shade and shape.
 */
final class ProjectionFigure {
  private static final int SHADES = 5;

  /** Paths that a legend can name. */
  private static final int MOST_TOLD = 8;

  private final Projection projection;
  private final double least;
  private final double width;

  private ProjectionFigure(Projection projection) {
    this.projection = projection;
    double[] accuracies =
        projection.paths().stream()
            .flatMap(path -> path.points().stream())
            .mapToDouble(Spot::accuracy)
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    least = accuracies.length == 0 ? Double.NaN : accuracies[0];
    width = accuracies.length == 0 ? 0 : (accuracies[accuracies.length - 1] - least) / SHADES;
  }

  static Figure of(Projection projection) {
    return new ProjectionFigure(projection).figure();
  }

  private Figure figure() {
    List<List<String>> rows = new ArrayList<>();
    int total = 0;
    for (Trail path : projection.paths()) {
      List<List<String>> own = path.points().stream().map(spot -> row(path, spot)).toList();
      rows.addAll(projection.paths().size() == 1 ? Figures.thin(own) : ends(own));
      total += own.size();
    }
    return Figure.of(
        "projection",
        "Paths in a plane",
        caption(),
        summary(),
        plot(),
        List.of("Path", "Step", "1st axis", "2nd axis", "Mean accuracy"),
        rows,
        total);
  }

  /** A few rows of a path among others: both ends and what is evenly spaced between. */
  private static List<List<String>> ends(List<List<String>> all) {
    int most = 8;
    if (all.size() <= most) {
      return all;
    }
    List<List<String>> some = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      some.add(all.get(i * (all.size() - 1) / (most - 1)));
    }
    return some;
  }

  private static List<String> row(Trail path, Spot spot) {
    return List.of(
        path.name(),
        Format.count(spot.step()),
        Format.number(spot.x()),
        Format.number(spot.y()),
        Format.percent(spot.accuracy()));
  }

  private Plot plot() {
    List<Line> lines = new ArrayList<>();
    List<Plot.Label> labels = new ArrayList<>();
    List<Trail> paths = projection.paths();
    for (int i = 0; i < paths.size(); i++) {
      Trail path = paths.get(i);
      Line line = new Line(name(i), Line.Look.TRACE);
      path.points().forEach(spot -> line.add(spot.x(), spot.y()));
      lines.add(line);
      Spot end = path.points().get(path.points().size() - 1);
      if (paths.size() > 1) {
        labels.add(new Plot.Label(Integer.toString(i + 1), end.x(), end.y()));
      } else {
        Spot start = path.points().get(0);
        labels.add(new Plot.Label("start", start.x(), start.y()));
        labels.add(new Plot.Label("end", end.x(), end.y()));
      }
    }
    List<Line> shades = new ArrayList<>();
    for (int shade = 0; shade < SHADES; shade++) {
      shades.add(new Line(range(shade), Line.Look.SCALE));
    }
    Line unknown = new Line("not evaluated", Line.Look.PALE);
    for (Trail path : paths) {
      for (Spot spot : path.points()) {
        (Double.isFinite(spot.accuracy()) ? shades.get(shade(spot.accuracy())) : unknown)
            .add(spot.x(), spot.y());
      }
    }
    shades.add(unknown);
    shades.stream().filter(line -> !line.isEmpty()).forEach(lines::add);
    return new Plot(
        lines,
        Plot.Axes.LINEAR,
        axis("1st", projection.first()),
        axis("2nd", projection.second()),
        Format::tick,
        Format::tick,
        labels);
  }

  private String name(int path) {
    List<Trail> paths = projection.paths();
    String name = paths.get(path).name();
    return paths.size() == 1 ? name : (path + 1) + " " + name;
  }

  private static String axis(String place, double share) {
    return String.format(Locale.ROOT, "%s component (%.0f\u00a0%%)", place, 100 * share);
  }

  private int shade(double accuracy) {
    return width > 0 ? (int) Math.min(SHADES - 1, (accuracy - least) / width) : SHADES - 1;
  }

  private String range(int shade) {
    if (!(width > 0)) {
      return "accuracy " + Format.wholePercent(Math.rint(least * 1e4) / 1e4);
    }
    return String.format(
        Locale.ROOT,
        "accuracy %.1f to %.1f\u00a0%%",
        100 * (least + shade * width),
        100 * (least + (shade + 1) * width));
  }

  private String caption() {
    String sets = String.join(", ", projection.evaluation());
    return "Waypoints in the plane in which the weights differ most (principal components; shares"
        + " of the variance at the axes). Shade and shape say the accuracy"
        + (sets.isEmpty()
            ? ", where it was evaluated."
            : (projection.evaluation().size() == 1 ? " on " : ", mean over ") + sets + ".")
        + (projection.note().isEmpty() ? "" : " " + projection.note());
  }

  private String summary() {
    return projection.paths().stream()
        .limit(MOST_TOLD)
        .map(ProjectionFigure::describe)
        .collect(Collectors.joining(" ", "Paths in a plane. ", ""));
  }

  private static String describe(Trail path) {
    Spot start = path.points().get(0);
    Spot end = path.points().get(path.points().size() - 1);
    String distance = Format.number(Math.hypot(end.x() - start.x(), end.y() - start.y()));
    String accuracy =
        Double.isFinite(start.accuracy()) && Double.isFinite(end.accuracy())
            ? ", mean accuracy %s at the start and %s at the end"
                .formatted(Format.percent(start.accuracy()), Format.percent(end.accuracy()))
            : "";
    return "%s: from step %s to step %s, %s apart in the plane%s."
        .formatted(
            path.name(), Format.count(start.step()), Format.count(end.step()), distance, accuracy);
  }
}
