package org.fip.spark.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.junit.jupiter.api.Test;

class HtmlReportTest {

  @Test
  void showsEveryFigureWithItsTableAndItsSpokenSummary() throws IOException {
    String html = render(sample("anchored", "mnist"));

    for (String id :
        List.of(
            "accuracy",
            "drift",
            "objective",
            "displacement",
            "length-outputs",
            "length-weights",
            "projection",
            "eigenvalues")) {
      assertTrue(
          Pattern.compile(
                  "<h3 id=\""
                      + id
                      + "\">.*?<div class=\"chart\" role=\"img\" aria-label=\"[^\"]{20,}\"><svg .*?</svg></div>.*?<table>",
                  Pattern.DOTALL)
              .matcher(html)
              .find(),
          id);
    }
    assertTrue(html.contains("mnist: 97.20\u00a0% at step 0, 97.05\u00a0% at step 1,500."), html);
    assertTrue(html.contains("97.05\u00a0% <span class=\"aside\">−0.15</span>"));
    assertTrue(html.contains("<p class=\"verdict\">mnist was kept"));
    assertTrue(html.contains("scripts/fip adapt run.yaml"));
    assertTrue(html.contains("&quot;seed&quot; : 0"));
    assertTrue(html.contains("classifier.0.weight"));
    assertTrue(html.contains("1.6\u00a0GB"), "bytes");
  }

  @Test
  void refersToNothingOutside() throws IOException {
    String html = render(sample("anchored", "mnist"));

    assertFalse(
        Pattern.compile("https?://")
            .matcher(html.replaceAll("xmlns(:\\w+)?=\"[^\"]*\"", ""))
            .find());
    assertFalse(
        Pattern.compile(
                "<(script|link|img|iframe|object)\\b|@import|url\\((?!#)|\\s(src|href)=\"(?!#)")
            .matcher(html)
            .find());
  }

  @Test
  void escapesHostileNames() throws IOException {
    String attack = "\"><script>alert(1)</script>&${1+1}<svg onload=x>'";
    ReportData sample = sample(attack, attack);
    String html =
        render(
            ReportData.about(attack, attack)
                .command(attack, attack)
                .asked(Map.of(attack, attack))
                .problems(List.of(attack))
                .note(attack)
                .paths(sample.paths())
                .baselines(List.of(new Baseline(attack, Map.of(attack, 0.5))))
                .table(new ReportTable(attack, List.of(attack), List.of(List.of(attack)), attack))
                .front(front(attack))
                .projection(Optional.of(projection(attack)))
                .spectra(List.of(spectrum(attack, 1)))
                .origin("{\"a\": \"<script>alert(2)</script>\"}", Map.of(attack, attack))
                .sparsity(List.of(new TensorSparsity(attack, 1, 2)))
                .build());

    assertFalse(html.contains("<script"), "script");
    assertFalse(html.contains("<svg onload"), "svg");
    assertFalse(Pattern.compile("aria-label=\"\">").matcher(html).find());
    assertTrue(html.contains("&lt;script&gt;alert(1)"));
    assertTrue(html.contains("${1+1}"));
  }

  @Test
  void equalDataGiveEqualBytesInEveryLocale() throws IOException {
    String first = render(sample("anchored", "mnist"));
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertEquals(first, render(sample("anchored", "mnist")));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void idsAreUniqueAndReferencesResolve() throws IOException {
    String html = render(sample("anchored", "mnist"));
    Set<String> ids = new HashSet<>();
    Matcher id = Pattern.compile("\\sid=\"([^\"]+)\"").matcher(html);
    while (id.find()) {
      assertTrue(ids.add(id.group(1)), id.group(1));
    }
    Matcher reference =
        Pattern.compile("url\\(#([^)]+)\\)|aria-labelledby=\"([^\"]+)\"").matcher(html);
    int references = 0;
    while (reference.find()) {
      String target = reference.group(1) == null ? reference.group(2) : reference.group(1);
      assertTrue(ids.contains(target), target);
      references++;
    }
    assertTrue(references > 10, references + " references");
  }

  @Test
  void plotsAreWellFormed() throws Exception {
    Matcher svg =
        Pattern.compile("<svg .*?</svg>", Pattern.DOTALL).matcher(render(sample("a", "b")));
    int plots = 0;
    while (svg.find()) {
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(svg.group().getBytes(StandardCharsets.UTF_8)));
      plots++;
    }
    assertEquals(8, plots);
  }

  @Test
  void figuresWithoutPointsAreLeftOut() throws IOException {
    String html = render(ReportData.about("t", "v").build());
    assertFalse(html.contains("<figure"));
    assertFalse(html.contains("<table"));

    double none = Double.NaN;
    Measurement unknown = new Measurement(0, none, none, none, none, none, none, 0, 0, 0, 0);
    PathSeries path = new PathSeries("p", List.of(unknown), Map.of("empty", new TreeMap<>()));
    html = render(ReportData.about("t", "v").paths(List.of(path)).build());
    assertFalse(html.contains("<figure"));
    assertTrue(html.contains("What it cost"));
  }

  @Test
  void oneMeasurementIsEnoughForAPlot() throws IOException {
    PathSeries path =
        new PathSeries(
            "p",
            List.of(new Measurement(1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1)),
            Map.of("a", new TreeMap<>(Map.of(0L, new Evaluation(1, 0, 1)))));
    String html = render(ReportData.about("t", "v").paths(List.of(path)).build());
    assertEquals(6, html.split("<svg ", -1).length - 1);
    assertFalse(html.contains("could not be drawn"));
  }

  @Test
  void severalPathsStandSideBySide() throws IOException {
    List<PathSeries> paths = new ArrayList<>(sample("first", "mnist").paths());
    paths.addAll(sample("second", "mnist").paths());
    String html = render(ReportData.about("t", "v").paths(paths).build());
    assertTrue(html.contains("<th scope=\"col\">second: mnist</th>"));
    assertFalse(html.contains("could not be drawn"));
  }

  @Test
  void aMachineThatCannotDrawStillGetsTheTables() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    HtmlReport.write(
        sample("anchored", "mnist"),
        out,
        (id, plot) -> {
          throw new InternalError("no fonts");
        });
    String html = out.toString(StandardCharsets.UTF_8);
    assertFalse(html.contains("<svg"));
    assertTrue(html.contains("This plot could not be drawn: java.lang.InternalError: no fonts"));
    assertTrue(html.contains("<details open><summary>Values (60 of 151, evenly spaced)</summary>"));
  }

  /** The file stays in the build folder, for a look at it in a browser. */
  @Test
  void staysSmallOnLongPaths() throws IOException {
    Path file = Path.of("target", "report-sample.html");
    Files.writeString(file, render(sample("anchored", "mnist")));
    assertTrue(Files.size(file) < 1_000_000, Files.size(file) + " bytes");
  }

  private static String render(ReportData data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    HtmlReport.write(data, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  /** A path of 1,500 steps such as a run gives, from a seeded generator. */
  private static ReportData sample(String pathName, String keptName) {
    Random random = new Random(1);
    List<Measurement> measurements = new ArrayList<>();
    double weights = 0;
    double outputs = 0;
    for (long step = 0; step <= 1500; step += 10) {
      double decay = 1 - step / 1500.0;
      double predicted = 1e-4 + 0.02 * decay * decay * Math.exp(random.nextGaussian());
      double measured = predicted * Math.exp(0.15 * random.nextGaussian());
      weights += 0.05 * decay;
      outputs += Math.sqrt(measured);
      measurements.add(
          new Measurement(
              step,
              0.35 + 2.5 * Math.exp(-step / 120.0) + 0.02 * random.nextGaussian(),
              0.3 * (1 - Math.exp(-step / 300.0)) + 0.01 * random.nextDouble(),
              step == 0 ? Double.NaN : predicted,
              step == 0 ? Double.NaN : measured,
              weights,
              outputs,
              step,
              step * 1_067_000,
              step * 1_067_000,
              step * 0.012));
    }
    NavigableMap<Long, Evaluation> kept = new TreeMap<>();
    NavigableMap<Long, Evaluation> gained = new TreeMap<>();
    for (long step = 0; step <= 1500; step += 100) {
      kept.put(step, new Evaluation(0.972 - 0.0015 * step / 1500, 0.1, 10_000));
      gained.put(step, new Evaluation(0.86 * (1 - Math.exp(-step / 150.0)), 0.4, 10_000));
    }
    Map<String, NavigableMap<Long, Evaluation>> evaluations = new LinkedHashMap<>();
    evaluations.put(keptName, kept);
    evaluations.put("fashion", gained);
    Map<String, Double> fineTuning = new LinkedHashMap<>();
    fineTuning.put(keptName, 0.007);
    fineTuning.put("fashion", 0.856);
    Map<String, Double> replay = new LinkedHashMap<>();
    replay.put(keptName, 0.713);
    replay.put("fashion", 0.873);
    return ReportData.about(
            "MNIST to Fashion-MNIST",
            keptName + " was kept within 0.15 points while fashion rose from 0 % to 86 %.")
        .command("How to do it again", "scripts/fip adapt run.yaml --set seed=0")
        .asked(Map.of("Start network", "models/digits"))
        .paths(List.of(new PathSeries(pathName, measurements, evaluations)))
        .baselines(List.of(new Baseline("fine-tuning", fineTuning), new Baseline("replay", replay)))
        .projection(Optional.of(projection(pathName)))
        .spectra(List.of(spectrum("step 0", 1), spectrum("step 1500", 2)))
        .origin(
            "{\"network\":\"models/digits\",\"seed\":0,\"path\":{\"steps\":1500}}",
            new TreeMap<>(
                Map.of("Java", "17", "Spark", "4.2.0", "Network SHA-256", "ab".repeat(32))))
        .sparsity(
            List.of(
                new TensorSparsity("classifier.0.weight", 223_440, 235_200),
                new TensorSparsity("classifier.2.weight", 27_900, 30_000),
                new TensorSparsity("classifier.4.weight", 500, 1000)))
        .build();
  }

  private static Projection projection(String name) {
    List<Projection.Spot> spots = new ArrayList<>();
    for (int i = 0; i <= 15; i++) {
      spots.add(
          new Projection.Spot(
              100L * i, 0.2 * i, Math.sin(0.2 * i), i % 5 == 4 ? Double.NaN : 0.5 + 0.03 * i));
    }
    return new Projection(
        List.of(new Projection.Trail(name, spots)), 0.8, 0.15, List.of("mnist", "fashion"), "");
  }

  private static MetricSpectrum spectrum(String where, double scale) {
    List<Double> eigenvalues = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      eigenvalues.add(scale * 40 * Math.exp(-0.3 * i));
    }
    return new MetricSpectrum(
        where,
        "euclidean",
        266_610,
        50,
        eigenvalues,
        true,
        new MetricSpectrum.Uncertain(200 * scale, 1.5),
        new MetricSpectrum.Uncertain(12.5, 0.2),
        List.of(new MetricSpectrum.LayerShare("classifier.0", 0.6)));
  }

  private static Front front(String text) {
    List<Front.Point> points = new ArrayList<>();
    double[][] values = {{0.97, 0.80}, {0.95, 0.86}, {0.93, 0.84}};
    for (int i = 0; i < values.length; i++) {
      points.add(
          new Front.Point(
              text + i,
              i + 1,
              i < 2,
              "finished",
              Map.of("path.anchorWeight", "0." + i),
              Map.of("kept", values[i][0], "learned", values[i][1]),
              1500,
              "paths/" + i + "/network/",
              "fip export --store paths/" + i + " --out models/" + i,
              ""));
    }
    points.add(
        new Front.Point(
            "d", null, false, "failed", Map.of(), Map.of(), 100, "", "", "no network " + text));
    return new Front(
        List.of(
            new Front.Scale("kept", "evaluate.mnist", true, true),
            new Front.Scale("learned", "evaluate.fashion", true, true)),
        points);
  }

  @Test
  void aPointOfTheFrontIsLinkedNumberedAndExported() throws IOException {
    String html = render(ReportData.about("t", "v").front(front("p")).build());
    assertTrue(html.contains("<a href=\"paths/1/network/\">p1</a></th><td>no. 2</td>"), html);
    assertTrue(html.contains("<code>fip export --store paths/1 --out models/1</code>"));
    assertTrue(html.contains("2 of 4 paths are not dominated. 1, p0: kept 97.00"));
    assertTrue(html.contains("d failed: no network p"));
    assertFalse(html.contains("export --store paths/2"), "of a path that is dominated");
  }

  @Test
  void plotsHaveTheColoursOfThePage() throws IOException {
    String html = render(sample("anchored", "mnist"));
    Matcher colour = Pattern.compile("(?:fill|stroke):(?!none)([^;\"]*)").matcher(html);
    Set<String> others = new TreeSet<>();
    while (colour.find()) {
      if (!colour.group(1).startsWith("var(--")) {
        others.add(colour.group(1));
      }
    }
    assertEquals(Set.of(), others);
    Matcher variable = Pattern.compile("var\\(--(\\w+),").matcher(html);
    while (variable.find()) {
      String declared = "--" + variable.group(1) + ":";
      assertEquals(3, html.split(Pattern.quote(declared), -1).length, declared);
    }
  }
}
