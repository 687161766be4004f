package org.fip.spark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Curves of accuracy over sparsity, for benchmarks. */
public final class CurvePlot {
  private CurvePlot() {}

  /**
   * An SVG document.
   *
   * @param curves by name, points (zeros, accuracy) as fractions
   */
  public static String svg(Map<String, List<double[]>> curves) {
    List<Line> lines = new ArrayList<>();
    curves.forEach(
        (name, points) -> {
          Line line = new Line(name);
          points.forEach(point -> line.add(100 * point[0], point[1]));
          lines.add(line);
        });
    return SvgPlotter.draw(
        "sparsity",
        new Plot(
            lines,
            Plot.Axes.LINEAR,
            "Zeros (%)",
            "Accuracy",
            Format::tick,
            Format::wholePercent,
            List.of()));
  }
}
