package org.fip.spark.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.AnnotationText;
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
 * page needs no font, and a label cannot become markup. Colours are variables of the page's style
 * sheet, which has others for dark screens; where there is none, those given here.
 */
final class SvgPlotter {
  // Small, because letters shrink with the picture on a narrow screen.
  private static final int WIDTH = 400;
  private static final int HEIGHT = 290;
  private static final int LEGEND_LINE = 20;

  /** Letters in a legend of one line. */
  private static final int MOST_IN_LINE = 34;

  private static final int MOST_MARKED = 40;
  private static final int FEW_MARKS = 8;

  /** Told apart with every common kind of colour vision; contrast with white of 4.8 and more. */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x0072B2),
          new Color(0xC14E00),
          new Color(0x007F5F),
          new Color(0xA8457F),
          new Color(0x3A86C8),
          new Color(0x946200),
          new Color(0x000001));

  /** From little to much. */
  private static final List<Color> SCALE =
      List.of(
          new Color(0x6F8FB0),
          new Color(0x4F83B8),
          new Color(0x2F6FAE),
          new Color(0x155A94),
          new Color(0x0B3C66));

  private static final Color PAPER = Color.WHITE;
  private static final Color GRID = new Color(0xDDDDDD);
  private static final Color TEXT = new Color(0x222222);
  private static final Color PALE = new Color(0x808080);

  /** What the library draws the marks of its axes with. */
  private static final Color AXIS = new Color(0x828282);

  private static final Map<String, String> VARIABLES = variables();
  private static final List<Marker> MARKERS =
      List.of(
          SeriesMarkers.CIRCLE,
          SeriesMarkers.SQUARE,
          SeriesMarkers.DIAMOND,
          SeriesMarkers.TRIANGLE_UP,
          SeriesMarkers.TRIANGLE_DOWN);
  private static final float[][] DASHES = {null, {8, 4}, {2, 4}, {10, 3, 2, 3}};
  private static final Pattern COLOR = Pattern.compile("rgb\\([0-9]+,[0-9]+,[0-9]+\\)");
  private static final Pattern CLIP = Pattern.compile("clip-?[0-9]+");
  private static final Pattern LONG_DECIMAL = Pattern.compile("-?[0-9]+\\.[0-9]{3,}(E-?[0-9]+)?");

  /** Share of an axis within which two words would cover each other. */
  private static final double CLOSE = 0.03;

  private static final String EQUAL = "equal";

  private SvgPlotter() {}

  private static Map<String, String> variables() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put(rgb(PAPER), "chart");
    names.put(rgb(GRID), "grid");
    names.put(rgb(TEXT), "text");
    names.put(rgb(PALE), "pale");
    names.put(rgb(AXIS), "axis");
    for (int i = 0; i < COLORS.size(); i++) {
      names.put(rgb(COLORS.get(i)), "s" + i);
    }
    for (int i = 0; i < SCALE.size(); i++) {
      names.put(rgb(SCALE.get(i)), "scale" + i);
    }
    return names;
  }

  private static String rgb(Color color) {
    return "rgb(%d,%d,%d)".formatted(color.getRed(), color.getGreen(), color.getBlue());
  }

  /**
   * One {@code svg} element.
   *
   * @param id what ids inside it start with; different for each figure of a page
   */
  static String draw(String id, Plot plot) {
    // Reports are written on machines without a display.
    System.setProperty("java.awt.headless", "true");
    List<String> legend = legend(plot);
    boolean list = legend.stream().mapToInt(name -> name.length() + 5).sum() > MOST_IN_LINE;
    int height = HEIGHT + (list && legend.size() > 1 ? LEGEND_LINE * legend.size() : 0);
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(height)
            .xAxisTitle(plot.xTitle())
            .yAxisTitle(plot.yTitle())
            .build();
    style(chart.getStyler(), plot, legend.size() > 1, list);
    Map<Line.Look, Integer> drawn = new EnumMap<>(Line.Look.class);
    for (int i = 0; i < plot.lines().size(); i++) {
      add(chart, plot, i, drawn.merge(plot.lines().get(i).look(), 1, Integer::sum) - 1);
    }
    if (plot.axes() == Plot.Axes.COMPARISON) {
      addDiagonal(chart, plot);
    } else {
      addSpacer(chart, plot);
    }
    addLabels(chart, plot);
    return embed(id, encode(chart), height);
  }

  private static List<String> legend(Plot plot) {
    List<String> names = new ArrayList<>();
    plot.lines().forEach(line -> names.add(Format.label(line.name())));
    if (plot.axes() == Plot.Axes.COMPARISON) {
      names.add(EQUAL);
    }
    return names;
  }

  private static void style(XYStyler style, Plot plot, boolean legend, boolean list) {
    style
        .setChartBackgroundColor(PAPER)
        .setChartFontColor(TEXT)
        .setChartTitleVisible(false)
        .setChartPadding(9)
        .setPlotBackgroundColor(PAPER)
        .setPlotBorderVisible(false)
        .setLegendVisible(legend)
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(list ? LegendLayout.Vertical : LegendLayout.Horizontal)
        .setLegendBorderColor(PAPER)
        .setLegendBackgroundColor(PAPER)
        .setLegendFont(font(14))
        .setLegendPadding(8)
        .setMarkerSize(7);
    style.setAxisTitleFont(font(14));
    style.setAxisTickLabelsFont(font(14));
    style.setAxisTickLabelsColor(TEXT);
    style.setPlotGridLinesColor(GRID);
    style.setPlotGridLinesStroke(new BasicStroke(1));
    style.setPlotMargin(0);
    style.setLocale(Locale.ROOT);
    style.setXAxisTickMarkSpacingHint(70);
    style.setYAxisTickMarkSpacingHint(42);
    style.setxAxisTickLabelsFormattingFunction(plot.xFormat()::apply);
    style.setyAxisTickLabelsFormattingFunction(plot.yFormat()::apply);
    if (plot.axes() == Plot.Axes.COMPARISON) {
      style.setxAxisTickLabelsFormattingFunction(SvgPlotter::power);
    }
    if (plot.axes() != Plot.Axes.LINEAR) {
      style.setyAxisTickLabelsFormattingFunction(SvgPlotter::power);
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

  // Logarithms are taken here: the library's logarithmic axes lose their labels below one.
  private static List<Double> abscissae(Plot plot, Line line) {
    return plot.axes() == Plot.Axes.COMPARISON ? logarithms(line.x()) : line.x();
  }

  private static List<Double> ordinates(Plot plot, Line line) {
    return plot.axes() == Plot.Axes.LINEAR ? line.y() : logarithms(line.y());
  }

  private static void add(XYChart chart, Plot plot, int index, int ofLook) {
    Line line = plot.lines().get(index);
    XYSeries series =
        chart.addSeries("line " + index, abscissae(plot, line), ordinates(plot, line));
    series.setLabel(Format.label(line.name()));
    Color color =
        switch (line.look()) {
          case SCALE -> SCALE.get(Math.min(ofLook, SCALE.size() - 1));
          case PALE -> PALE;
          default -> COLORS.get(ofLook % COLORS.size());
        };
    series.setLineColor(color);
    series.setMarkerColor(color);
    series.setLineStyle(stroke(DASHES[ofLook % DASHES.length]));
    Marker marker =
        line.look() == Line.Look.PALE ? SeriesMarkers.CROSS : MARKERS.get(ofLook % MARKERS.size());
    boolean joined = line.look() == Line.Look.JOINED && plot.axes() != Plot.Axes.COMPARISON;
    if (joined && line.x().size() > MOST_MARKED) {
      series.setMarker(SeriesMarkers.NONE).setShowInLegend(false);
      series.setLineStyle(stroke(null));
      addMarks(chart, plot, index, color, marker, ofLook);
      return;
    }
    series.setMarker(line.look() == Line.Look.TRACE ? SeriesMarkers.NONE : marker);
    if (!joined && line.look() != Line.Look.TRACE) {
      series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    }
  }

  /**
   * Some marks on a line of many points, whose pieces are too short for dashes: without them only
   * its colour would tell it from others.
   */
  private static void addMarks(
      XYChart chart, Plot plot, int index, Color color, Marker marker, int ofLook) {
    Line line = plot.lines().get(index);
    int apart = line.x().size() / FEW_MARKS;
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int i = ofLook * apart / MARKERS.size() % apart; i < line.x().size(); i += apart) {
      x.add(abscissae(plot, line).get(i));
      y.add(ordinates(plot, line).get(i));
    }
    XYSeries marks = chart.addSeries("marks " + index, x, y);
    marks.setLabel(Format.label(line.name()));
    marks.setMarkerColor(color);
    marks.setMarker(marker);
    marks.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
  }

  private static BasicStroke stroke(float[] dashes) {
    return new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dashes, 0);
  }

  /**
   * One point that is not seen. Where all values of an axis are equally spaced, the library puts
   * the ticks at multiples of that spacing, such as 160; otherwise at round numbers.
   */
  private static void addSpacer(XYChart chart, Plot plot) {
    double[] x = values(plot, line -> abscissae(plot, line));
    double[] y = values(plot, line -> ordinates(plot, line));
    if (x.length > 1) {
      XYSeries spacer = chart.addSeries("spacer", List.of(between(x)), List.of(between(y)));
      spacer.setMarker(SeriesMarkers.NONE);
      spacer.setShowInLegend(false);
    }
  }

  /** All values of an axis, sorted. */
  private static double[] values(Plot plot, Function<Line, List<Double>> axis) {
    return plot.lines().stream()
        .flatMap(line -> axis.apply(line).stream())
        .mapToDouble(Double::doubleValue)
        .sorted()
        .toArray();
  }

  private static double between(double[] sorted) {
    return sorted[0] + 0.3717 * (sorted[sorted.length - 1] - sorted[0]);
  }

  private static void addDiagonal(XYChart chart, Plot plot) {
    double[] x = values(plot, line -> abscissae(plot, line));
    double[] y = values(plot, line -> ordinates(plot, line));
    double least = Math.floor(Math.min(x[0], y[0]));
    double most = Math.max(Math.ceil(Math.max(x[x.length - 1], y[y.length - 1])), least + 1);
    XYStyler style = chart.getStyler();
    style.setXAxisMin(least).setXAxisMax(most).setYAxisMin(least).setYAxisMax(most);
    XYSeries diagonal = chart.addSeries("diagonal", List.of(least, most), List.of(least, most));
    diagonal.setLabel(EQUAL);
    diagonal.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    diagonal.setLineColor(PALE);
    diagonal.setMarker(SeriesMarkers.NONE);
    diagonal.setLineStyle(stroke(DASHES[1]));
  }

  /** Words stand a little above their points, for which there is room made at the top. */
  private static void addLabels(XYChart chart, Plot plot) {
    if (plot.labels().isEmpty()) {
      return;
    }
    chart.getStyler().setAnnotationTextFont(font(14)).setAnnotationTextFontColor(TEXT);
    double[] x = values(plot, Line::x);
    double[] y = values(plot, Line::y);
    double width = x[x.length - 1] - x[0];
    double height = y[y.length - 1] - y[0];
    List<Plot.Label> apart = new ArrayList<>();
    for (Plot.Label label : plot.labels()) {
      join(apart, label, CLOSE * width, CLOSE * height);
    }
    for (Plot.Label label : apart) {
      chart.addAnnotation(
          new AnnotationText(
              Format.label(label.text()), label.x(), label.y() + 2 * CLOSE * height, false));
    }
    if (height > 0) {
      chart.getStyler().setYAxisMax(y[y.length - 1] + 4 * CLOSE * height);
    }
  }

  /** Words that would cover each other become one. */
  private static void join(List<Plot.Label> apart, Plot.Label label, double width, double height) {
    for (int i = 0; i < apart.size(); i++) {
      Plot.Label other = apart.get(i);
      if (Math.abs(other.x() - label.x()) <= width && Math.abs(other.y() - label.y()) <= height) {
        apart.set(i, new Plot.Label(other.text() + ", " + label.text(), other.x(), other.y()));
        return;
      }
    }
    apart.add(label);
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
  private static String embed(String id, String file, int height) {
    int content = file.indexOf('>', file.indexOf("<svg")) + 1;
    String element =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\">"
                .formatted(WIDTH, height)
            + file.substring(content).replaceAll(">\\s+<", "><").strip();
    // The encoder names clips by identity hash codes, which differ from run to run.
    Map<String, String> clips = new LinkedHashMap<>();
    String named =
        CLIP.matcher(element)
            .replaceAll(
                match -> clips.computeIfAbsent(match.group(), clip -> id + "-clip" + clips.size()));
    String coloured = COLOR.matcher(named).replaceAll(match -> variable(match.group()));
    return LONG_DECIMAL
        .matcher(coloured)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    String.format(Locale.ROOT, "%.2f", Double.parseDouble(match.group()))));
  }

  private static String variable(String color) {
    String name = VARIABLES.get(color);
    return name == null ? color : "var(--" + name + "," + color + ")";
  }
}
