package org.fip.spark.report;

import java.util.List;
import java.util.function.DoubleFunction;

/**
 * A picture to draw.
 *
 * @param lines what is in it, none of them empty
 * @param xTitle what is to the right, with unit
 * @param yTitle what is up, with unit
 * @param format of the values on the vertical axis
 * @param correlation whether it compares x and y: points on logarithmic axes of equal range with
 *     the diagonal, instead of lines
 */
record Plot(
    List<Line> lines,
    String xTitle,
    String yTitle,
    DoubleFunction<String> format,
    boolean correlation) {}
