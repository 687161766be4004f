package org.fip.spark.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Named points of a figure; points that are not finite are left out.
 *
 * @param name for the legend and the table
 * @param x abscissae
 * @param y ordinates, as many
 * @param look how they are drawn
 */
record Line(String name, List<Double> x, List<Double> y, Look look) {

  /** How points are drawn; every look has its own colour, and its own shape or dashes. */
  enum Look {
    /** Joined by a line, in the next colour, with marks where there are few. */
    JOINED,
    /** Joined by a thin line without marks, in the next colour. */
    TRACE,
    /** Single marks in the next colour. */
    MARKS,
    /** Single marks in the shades of a scale from little to much, one for each line. */
    SCALE,
    /** Small pale marks. */
    PALE
  }

  /** An empty line to add points to. */
  Line(String name) {
    this(name, Look.JOINED);
  }

  /** An empty line of some look. */
  Line(String name, Look look) {
    this(name, new ArrayList<>(), new ArrayList<>(), look);
  }

  void add(double abscissa, double ordinate) {
    if (Double.isFinite(abscissa) && Double.isFinite(ordinate)) {
      x.add(abscissa);
      y.add(ordinate);
    }
  }

  boolean isEmpty() {
    return x.isEmpty();
  }
}
