package org.fip.spark.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Named points of a figure; points that are not finite are left out.
 *
 * @param name for the legend and the table
 * @param x abscissae
 * @param y ordinates, as many
 */
record Line(String name, List<Double> x, List<Double> y) {

  /** An empty line to add points to. */
  Line(String name) {
    this(name, new ArrayList<>(), new ArrayList<>());
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
