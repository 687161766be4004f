package org.fip.spark.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The spectrum of the metric: eigenvalues as a figure, what follows from them as tables. */
final class SpectrumFigure {
  private static final int MOST_LAYERS = 12;

  private SpectrumFigure() {}

  /** The part about the spectrum, empty without one. */
  static Section of(List<MetricSpectrum> spectra) {
    Section section = new Section("spectrum", "The metric's spectrum");
    if (spectra.isEmpty()) {
      return section;
    }
    MetricSpectrum first = spectra.get(0);
    section
        .table(summary(spectra))
        .figures(eigenvalues(spectra))
        .note(
            "G is the mean of JᵀMJ (%s) over %s inputs, of %s weights. Along an eigenvector of a"
                    .formatted(
                        first.metric(),
                        Format.count(first.examples()),
                        Format.count(first.parameters()))
                + " large eigenvalue a step changes the outputs much; the effective rank says how"
                + " many such directions there are. Trace and rank are estimates.");
    if (spectra.stream().anyMatch(spectrum -> !spectrum.converged())) {
      section.note("The search did not converge: the eigenvalues are lower bounds.");
    }
    return section.table(layers(spectra));
  }

  private static Table summary(List<MetricSpectrum> spectra) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("Largest eigenvalue", spectra, s -> Format.number(largest(s))));
    rows.add(
        row("Trace", spectra, s -> Format.uncertain(s.trace().value(), s.trace().standardError())));
    rows.add(
        row(
            "Effective rank",
            spectra,
            s -> Format.uncertain(s.effectiveRank().value(), s.effectiveRank().standardError())));
    rows.add(
        row(
            "Shown eigenvalues, share of the trace",
            spectra,
            s ->
                Format.percent(
                    s.eigenvalues().stream().mapToDouble(v -> v).sum() / s.trace().value())));
    return Table.of("Metric tensor on the anchors", headers("Quantity", spectra), rows);
  }

  private static double largest(MetricSpectrum spectrum) {
    return spectrum.eigenvalues().isEmpty() ? 0 : spectrum.eigenvalues().get(0);
  }

  private static List<String> headers(String first, List<MetricSpectrum> spectra) {
    List<String> headers = new ArrayList<>(List.of(first));
    spectra.forEach(spectrum -> headers.add(spectrum.where()));
    return headers;
  }

  private static List<String> row(
      String name, List<MetricSpectrum> spectra, Function<MetricSpectrum, String> value) {
    List<String> row = new ArrayList<>(List.of(name));
    spectra.forEach(spectrum -> row.add(value.apply(spectrum)));
    return row;
  }

  private static List<Figure> eigenvalues(List<MetricSpectrum> spectra) {
    List<Line> lines = new ArrayList<>();
    int most = 0;
    for (MetricSpectrum spectrum : spectra) {
      Line line = new Line(spectrum.where());
      for (int i = 0; i < spectrum.eigenvalues().size(); i++) {
        if (spectrum.eigenvalues().get(i) > 0) {
          line.add(i + 1.0, spectrum.eigenvalues().get(i));
        }
      }
      most = Math.max(most, spectrum.eigenvalues().size());
      if (!line.isEmpty()) {
        lines.add(line);
      }
    }
    if (lines.isEmpty()) {
      return List.of();
    }
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      int place = i;
      rows.add(
          row(
              Integer.toString(i + 1),
              spectra,
              s ->
                  place < s.eigenvalues().size() ? Format.number(s.eigenvalues().get(place)) : ""));
    }
    String summary =
        lines.stream()
            .map(
                line ->
                    "%s: from %s down to %s over %d eigenvalues."
                        .formatted(
                            line.name(),
                            Format.number(line.y().get(0)),
                            Format.number(line.y().get(line.y().size() - 1)),
                            line.y().size()))
            .collect(Collectors.joining(" ", "Largest eigenvalues of the metric. ", ""));
    return List.of(
        Figure.of(
            "eigenvalues",
            "Largest eigenvalues",
            "The metric's eigenvalues from the largest down, on a logarithmic scale.",
            summary,
            new Plot(
                lines,
                Plot.Axes.LOGARITHMIC,
                "Place",
                "Eigenvalue",
                Format::tick,
                Format::tick,
                List.of()),
            headers("Place", spectra),
            rows,
            most));
  }

  private static Table layers(List<MetricSpectrum> spectra) {
    Set<String> names = new LinkedHashSet<>();
    spectra.forEach(spectrum -> spectrum.layers().forEach(layer -> names.add(layer.layer())));
    List<List<String>> rows = new ArrayList<>();
    if (names.size() <= MOST_LAYERS) {
      for (String name : names) {
        rows.add(row(name, spectra, s -> Format.percent(share(s, name))));
      }
    }
    return Table.of("Share of the trace by layer", headers("Layer", spectra), rows);
  }

  private static double share(MetricSpectrum spectrum, String layer) {
    return spectrum.layers().stream()
        .filter(entry -> entry.layer().equals(layer))
        .mapToDouble(MetricSpectrum.LayerShare::share)
        .findFirst()
        .orElse(Double.NaN);
  }
}
