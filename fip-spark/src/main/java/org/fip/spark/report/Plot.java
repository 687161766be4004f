package org.fip.spark.report;

import java.util.List;
import java.util.function.DoubleFunction;

/**
 * A picture to draw.
 *
 * @param lines what is in it, none of them empty
 * @param axes what the axes are like
 * @param xTitle what is to the right, with unit
 * @param yTitle what is up, with unit
 * @param xFormat of the values on the horizontal axis
 * @param yFormat of the values on the vertical axis
 * @param labels words at points
 */
record Plot(
    List<Line> lines,
    Axes axes,
    String xTitle,
    String yTitle,
    DoubleFunction<String> xFormat,
    DoubleFunction<String> yFormat,
    List<Label> labels) {

  /** What the axes are like. */
  enum Axes {
    /** As the values are. */
    LINEAR,
    /** The vertical one logarithmic. */
    LOGARITHMIC,
    /** Both logarithmic and of equal range, with the diagonal. */
    COMPARISON
  }

  /**
   * A short word above a point.
   *
   * @param text of few letters
   */
  record Label(String text, double x, double y) {}

  /** Values over steps. */
  static Plot overSteps(List<Line> lines, String yTitle, DoubleFunction<String> format) {
    return new Plot(
        lines, Axes.LINEAR, "Step", yTitle, step -> Format.count((long) step), format, List.of());
  }
}
