/**
 * The report of one or several paths: one HTML file that needs nothing else to be read.
 *
 * <p>{@link org.fip.spark.report.ReportData} says what is in it, {@link
 * org.fip.spark.report.HtmlReport} writes it. Plots are inline SVG, every plot has a spoken summary
 * and a table with the same values, and equal data give equal bytes on one machine.
 */
package org.fip.spark.report;
