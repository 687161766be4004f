package org.fip.spark.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws plots as SVG elements that can stand in an HTML page. Letters are drawn as outlines, so the
 * page needs no font, and a label cannot become markup.
 */
final class SvgPlotter {
  private static final int WIDTH = 520;
  private static final int HEIGHT = 360;
  private static final int MOST_MARKED = 40;
  // Okabe and Ito's colours, told apart with every common kind of colour vision; no yellow on
  // white.
  private static final List<Color> COLORS =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0x56B4E9),
          new Color(0xE69F00),
          new Color(0x000000));
  private static final List<Marker> MARKERS =
      List.of(
          SeriesMarkers.CIRCLE,
          SeriesMarkers.SQUARE,
          SeriesMarkers.DIAMOND,
          SeriesMarkers.TRIANGLE_UP,
          SeriesMarkers.TRIANGLE_DOWN);
  private static final float[][] DASHES = {null, {8, 4}, {2, 4}, {10, 3, 2, 3}};
  private static final Color GRID = new Color(0xDDDDDD);
  private static final Color TEXT = new Color(0x222222);
  private static final Pattern CLIP = Pattern.compile("clip-?[0-9]+");
  private static final Pattern LONG_DECIMAL = Pattern.compile("-?[0-9]+\\.[0-9]{3,}(E-?[0-9]+)?");

  private SvgPlotter() {}

  /**
   * One {@code svg} element.
   *
   * @param id what ids inside it start with; different for each figure of a page
   */
  static String draw(String id, Plot plot) {
    // Reports are written on machines without a display.
    System.setProperty("java.awt.headless", "true");
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle(plot.xTitle())
            .yAxisTitle(plot.yTitle())
            .build();
    style(chart.getStyler(), plot);
    for (int i = 0; i < plot.lines().size(); i++) {
      add(chart, plot, i);
    }
    if (plot.correlation()) {
      addDiagonal(chart, plot);
    } else {
      addSpacer(chart, plot.lines().get(0));
    }
    return embed(id, encode(chart));
  }

  private static void style(XYStyler style, Plot plot) {
    style
        .setChartBackgroundColor(Color.WHITE)
        .setChartFontColor(TEXT)
        .setChartTitleVisible(false)
        .setChartPadding(6)
        .setPlotBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setLegendVisible(plot.lines().size() > 1 || plot.correlation())
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(plot.lines().size() > 3 ? LegendLayout.Vertical : LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setLegendBackgroundColor(Color.WHITE)
        .setLegendFont(font(14))
        .setLegendPadding(8)
        .setMarkerSize(7);
    style.setAxisTitleFont(font(15));
    style.setAxisTickLabelsFont(font(14));
    style.setAxisTickLabelsColor(TEXT);
    style.setPlotGridLinesColor(GRID);
    style.setPlotGridLinesStroke(new BasicStroke(1));
    style.setPlotMargin(0);
    style.setLocale(Locale.ROOT);
    style.setXAxisTickMarkSpacingHint(80);
    style.setYAxisTickMarkSpacingHint(45);
    if (plot.correlation()) {
      style.setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
      style.setxAxisTickLabelsFormattingFunction(SvgPlotter::power);
      style.setyAxisTickLabelsFormattingFunction(SvgPlotter::power);
    } else {
      style.setXAxisDecimalPattern("#,##0");
      style.setyAxisTickLabelsFormattingFunction(plot.format()::apply);
    }
  }

  private static Font font(int size) {
    return new Font(Font.SANS_SERIF, Font.PLAIN, size);
  }

  /** The label of a logarithm: only whole powers have one. */
  private static String power(double logarithm) {
    long exponent = Math.round(logarithm);
    return Math.abs(logarithm - exponent) < 1e-6 ? "1e" + exponent : " ";
  }

  private static void add(XYChart chart, Plot plot, int index) {
    Line line = plot.lines().get(index);
    // Logarithms are taken here: the library's logarithmic axes lose their labels below one.
    XYSeries series =
        plot.correlation()
            ? chart.addSeries("line " + index, logarithms(line.x()), logarithms(line.y()))
            : chart.addSeries("line " + index, line.x(), line.y());
    series.setLabel(Format.label(line.name()));
    Color color = COLORS.get(index % COLORS.size());
    series.setLineColor(color);
    series.setMarkerColor(color);
    series.setLineStyle(stroke(DASHES[index % DASHES.length]));
    boolean marked = plot.correlation() || line.x().size() <= MOST_MARKED;
    series.setMarker(marked ? MARKERS.get(index % MARKERS.size()) : SeriesMarkers.NONE);
  }

  private static BasicStroke stroke(float[] dashes) {
    return new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dashes, 0);
  }

  /**
   * One point that is not seen. Where all abscissae are equally spaced, the library puts the ticks
   * at multiples of that spacing, such as 160; otherwise at round numbers.
   */
  private static void addSpacer(XYChart chart, Line line) {
    if (line.x().size() > 1) {
      double between = line.x().get(0) + (line.x().get(1) - line.x().get(0)) / 3;
      XYSeries spacer = chart.addSeries("spacer", List.of(between), List.of(line.y().get(0)));
      spacer.setMarker(SeriesMarkers.NONE);
      spacer.setShowInLegend(false);
    }
  }

  private static void addDiagonal(XYChart chart, Plot plot) {
    double[] values =
        plot.lines().stream()
            .flatMap(line -> Stream.of(line.x(), line.y()))
            .flatMap(axis -> logarithms(axis).stream())
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    double least = Math.floor(values[0]);
    double most = Math.max(Math.ceil(values[values.length - 1]), least + 1);
    XYStyler style = chart.getStyler();
    style.setXAxisMin(least).setXAxisMax(most).setYAxisMin(least).setYAxisMax(most);
    XYSeries diagonal = chart.addSeries("diagonal", List.of(least, most), List.of(least, most));
    diagonal.setLabel("equal");
    diagonal.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    diagonal.setLineColor(Color.GRAY);
    diagonal.setMarker(SeriesMarkers.NONE);
    diagonal.setLineStyle(stroke(DASHES[1]));
  }

  private static List<Double> logarithms(List<Double> values) {
    return values.stream().map(Math::log10).toList();
  }

  private static String encode(XYChart chart) {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
      return out.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The element without what only a file of its own has; ids numbered, decimals cut. */
  private static String embed(String id, String file) {
    int content = file.indexOf('>', file.indexOf("<svg")) + 1;
    String element =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\">"
                .formatted(WIDTH, HEIGHT)
            + file.substring(content).replaceAll(">\\s+<", "><").strip();
    // The encoder names clips by identity hash codes, which differ from run to run.
    Map<String, String> clips = new LinkedHashMap<>();
    String named =
        CLIP.matcher(element)
            .replaceAll(
                match -> clips.computeIfAbsent(match.group(), clip -> id + "-clip" + clips.size()));
    return LONG_DECIMAL
        .matcher(named)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    String.format(Locale.ROOT, "%.2f", Double.parseDouble(match.group()))));
  }
}
