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
        .setLegendFont(font(13))
        .setMarkerSize(7);
    style.setAxisTitleFont(font(14));
    style.setAxisTickLabelsFont(font(13));
    style.setAxisTickLabelsColor(TEXT);
    style.setPlotGridLinesColor(GRID);
    style.setPlotGridLinesStroke(new BasicStroke(1));
    style.setPlotMargin(0);
    style.setLocale(Locale.ROOT);
    style.setXAxisTickMarkSpacingHint(80);
    style.setYAxisTickMarkSpacingHint(45);
    style.setyAxisTickLabelsFormattingFunction(plot.format()::apply);
    style.setxAxisTickLabelsFormattingFunction(Format::tick);
    if (plot.correlation()) {
      style.setXAxisLogarithmic(true);
      style.setYAxisLogarithmic(true);
      style.setXAxisLogarithmicDecadeOnly(true);
      style.setYAxisLogarithmicDecadeOnly(true);
      style.setyAxisTickLabelsFormattingFunction(SvgPlotter::power);
      style.setxAxisTickLabelsFormattingFunction(SvgPlotter::power);
      style.setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    }
  }

  private static Font font(int size) {
    return new Font(Font.SANS_SERIF, Font.PLAIN, size);
  }

  private static String power(double value) {
    return "1e" + Math.round(Math.log10(value));
  }

  private static void add(XYChart chart, Plot plot, int index) {
    Line line = plot.lines().get(index);
    XYSeries series = chart.addSeries("line " + index, line.x(), line.y());
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

  private static void addDiagonal(XYChart chart, Plot plot) {
    double least = decade(plot, true);
    double most = decade(plot, false);
    XYStyler style = chart.getStyler();
    style.setXAxisMin(least).setXAxisMax(most).setYAxisMin(least).setYAxisMax(most);
    XYSeries diagonal = chart.addSeries("diagonal", List.of(least, most), List.of(least, most));
    diagonal.setLabel("equal");
    diagonal.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    diagonal.setLineColor(Color.GRAY);
    diagonal.setMarker(SeriesMarkers.NONE);
    diagonal.setLineStyle(stroke(DASHES[1]));
  }

  /** The power of ten below, or above, all values of both axes. */
  private static double decade(Plot plot, boolean below) {
    double[] logarithms =
        plot.lines().stream()
            .flatMap(line -> Stream.concat(line.x().stream(), line.y().stream()))
            .mapToDouble(Math::log10)
            .sorted()
            .toArray();
    double least = Math.floor(logarithms[0]);
    double most = Math.ceil(logarithms[logarithms.length - 1]);
    return Math.pow(10, below ? least : Math.max(most, least + 1));
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
