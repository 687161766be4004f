package org.fip.spark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.fip.core.path.Measurement;

/** Makes the figures of what was measured along paths; one without a point to show is left out. */
final class Figures {
  private static final int MOST_ROWS = 60;

  private final List<PathSeries> paths;
  private final List<Figure> figures = new ArrayList<>();

  private Figures(List<PathSeries> paths) {
    this.paths = paths;
  }

  static List<Figure> of(List<PathSeries> paths) {
    Figures figures = new Figures(paths);
    figures.accuracy();
    figures.measured(
        "drift",
        "Drift",
        "How far the outputs on the anchors have moved from those of the start network, or in a"
            + " sequence of tasks from those of the network that each task started from, in the"
            + " distance the path uses. Lower is better kept.",
        "Drift",
        Measurement::drift);
    figures.measured(
        "objective",
        "Objective",
        "What the path works on besides keeping the function, on the mini-batch of each step.",
        "Objective",
        Measurement::objective);
    figures.displacement();
    figures.measured(
        "length-outputs",
        "Length in output space",
        "How much the outputs on the anchors have moved in total, back and forth counted.",
        "Length (logits)",
        Measurement::lengthOutputs);
    figures.measured(
        "length-weights",
        "Length in weight space",
        "How far the weights have travelled in total, Euclidean.",
        "Length",
        Measurement::lengthWeights);
    return figures.figures;
  }

  private void accuracy() {
    List<Line> lines = new ArrayList<>();
    for (PathSeries path : paths) {
      path.evaluations()
          .forEach(
              (set, byStep) -> {
                Line line = new Line(paths.size() == 1 ? set : path.name() + ": " + set);
                byStep.forEach(
                    (step, evaluation) -> line.add(step.doubleValue(), evaluation.accuracy()));
                lines.add(line);
              });
    }
    addLines(
        "accuracy",
        "Accuracy along the path",
        "Fraction of examples whose largest output, over all outputs, is at the right class.",
        Plot.overSteps(lines, "Accuracy", Format::wholePercent),
        Format::percent);
  }

  private void measured(
      String id, String title, String caption, String axis, ToDoubleFunction<Measurement> value) {
    List<Line> lines = new ArrayList<>();
    for (PathSeries path : paths) {
      Line line = new Line(path.name());
      path.measurements().forEach(m -> line.add((double) m.step(), value.applyAsDouble(m)));
      lines.add(line);
    }
    addLines(id, title, caption, Plot.overSteps(lines, axis, Format::tick), Format::number);
  }

  private void addLines(
      String id, String title, String caption, Plot plot, DoubleFunction<String> format) {
    List<Line> lines = plot.lines().stream().filter(line -> !line.isEmpty()).toList();
    if (lines.isEmpty()) {
      return;
    }
    String summary =
        lines.stream()
            .map(line -> describe(line, format))
            .collect(Collectors.joining(" ", title + ". ", ""));
    List<String> headers = new ArrayList<>(List.of("Step"));
    lines.forEach(line -> headers.add(line.name()));
    Plot shown = Plot.overSteps(lines, plot.yTitle(), plot.yFormat());
    List<Double> steps =
        List.copyOf(
            lines.stream()
                .flatMap(l -> l.x().stream())
                .collect(Collectors.toCollection(TreeSet::new)));
    figures.add(
        Figure.of(
            id,
            title,
            caption,
            summary,
            shown,
            headers,
            rows(lines, thin(steps), format),
            steps.size()));
  }

  private static String describe(Line line, DoubleFunction<String> format) {
    int last = line.x().size() - 1;
    return "%s: %s at step %s, %s at step %s."
        .formatted(
            line.name(),
            format.apply(line.y().get(0)),
            Format.count(line.x().get(0).longValue()),
            format.apply(line.y().get(last)),
            Format.count(line.x().get(last).longValue()));
  }

  private static List<List<String>> rows(
      List<Line> lines, List<Double> steps, DoubleFunction<String> format) {
    List<List<String>> rows = new ArrayList<>();
    for (double step : steps) {
      List<String> row = new ArrayList<>(List.of(Format.count((long) step)));
      for (Line line : lines) {
        int at = line.x().indexOf(step);
        row.add(at < 0 ? "" : format.apply(line.y().get(at)));
      }
      rows.add(row);
    }
    return rows;
  }

  private void displacement() {
    List<Line> lines = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    for (PathSeries path : paths) {
      Line line = new Line(path.name());
      List<List<String>> own = new ArrayList<>();
      for (Measurement m : path.measurements()) {
        if (m.predicted() > 0 && m.measured() > 0) {
          line.add(m.predicted(), m.measured());
          own.add(
              List.of(
                  path.name(),
                  Format.count(m.step()),
                  Format.number(m.predicted()),
                  Format.number(m.measured())));
        }
      }
      if (!line.isEmpty()) {
        lines.add(line);
        rows.addAll(thin(own));
      }
    }
    if (lines.isEmpty()) {
      return;
    }
    figures.add(
        Figure.of(
            "displacement",
            "Predicted and measured displacement",
            "Each point is the stretch between two measurements: the squared output displacement"
                + " that the metric tensor predicts, and the measured one. Points on the dashed"
                + " line mean that the metric describes the network well at this step length.",
            "Predicted and measured displacement. "
                + lines.stream().map(Figures::ratio).collect(Collectors.joining(" ")),
            new Plot(
                lines,
                Plot.Axes.COMPARISON,
                "Predicted",
                "Measured",
                Format::tick,
                Format::tick,
                List.of()),
            List.of("Path", "Step", "Predicted", "Measured"),
            rows,
            lines.stream().mapToInt(line -> line.x().size()).sum()));
  }

  private static String ratio(Line line) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < line.x().size(); i++) {
      ratios.add(line.y().get(i) / line.x().get(i));
    }
    ratios.sort(null);
    return "%s: measured over predicted, median %s, from %s to %s over %s stretches."
        .formatted(
            line.name(),
            Format.number(ratios.get(ratios.size() / 2)),
            Format.number(ratios.get(0)),
            Format.number(ratios.get(ratios.size() - 1)),
            Format.count(ratios.size()));
  }

  /** At most {@link #MOST_ROWS} entries, evenly spaced, the first and the last among them. */
  static <T> List<T> thin(List<T> all) {
    if (all.size() <= MOST_ROWS) {
      return all;
    }
    List<T> some = new ArrayList<>();
    for (int i = 0; i < MOST_ROWS; i++) {
      some.add(all.get((int) ((long) i * (all.size() - 1) / (MOST_ROWS - 1))));
    }
    return some;
  }
}
