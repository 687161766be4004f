package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Traffic;
import org.fip.core.spectrum.Eigenvalue;
import org.fip.core.spectrum.Estimate;
import org.fip.core.spectrum.Flatness;
import org.fip.core.spectrum.Spectrum;
import org.fip.core.spectrum.TraceShare;
import org.fip.spark.job.TextTable;

/**
 * A spectrum for people and for programs.
 *
 * @param traffic what it took to compute it
 * @param seconds the same, with the start of the workers
 */
record SpectrumResult(Spectrum spectrum, int examples, Traffic traffic, double seconds) {

  /** Adds all keys to a document. */
  void putInto(ObjectNode json) {
    json.put("examples", examples).put("parameters", spectrum.parameters());
    put(json.putArray("eigenvalues"), Eigenvalue::value);
    put(json.putArray("residuals"), Eigenvalue::residual);
    json.put("converged", spectrum.converged()).put("complete", spectrum.complete());
    put(json, "trace", spectrum.trace());
    put(json, "squaredTrace", spectrum.squaredTrace());
    put(json, "effectiveRank", spectrum.effectiveRank());
    putFlatness(json.putObject("thresholdShare"));
    put(json.putArray("layers"), spectrum.layers());
    put(json.putArray("tensors"), spectrum.tensors());
    json.put("probes", spectrum.probes()).put("products", spectrum.products());
    json.put("rounds", traffic.rounds());
    json.putObject("bytes")
        .put("broadcast", traffic.bytesBroadcast())
        .put("reduced", traffic.bytesReduced());
    Json.put(json, "seconds", seconds);
  }

  private void put(ArrayNode array, ToDoubleFunction<Eigenvalue> part) {
    spectrum.eigenvalues().forEach(eigenvalue -> array.add(part.applyAsDouble(eigenvalue)));
  }

  private static void put(ObjectNode json, String key, Estimate estimate) {
    Json.put(json, key, estimate.value());
    Json.put(json, key + "StandardError", estimate.standardError());
  }

  private void putFlatness(ObjectNode json) {
    Flatness flatness = spectrum.flatness();
    json.put("threshold", flatness.threshold()).put("exact", flatness.exact());
    json.put("aboveAtLeast", flatness.aboveAtLeast()).put("aboveAtMost", flatness.aboveAtMost());
    Json.put(json, "shareBelowAtLeast", flatness.shareBelowAtLeast());
    Json.put(json, "shareBelowAtMost", flatness.shareBelowAtMost());
  }

  private static void put(ArrayNode array, List<TraceShare> shares) {
    for (TraceShare share : shares) {
      ObjectNode entry = array.addObject();
      entry.put("name", share.name()).put("parameters", share.parameters());
      put(entry, "trace", share.trace());
      put(entry, "share", share.share());
    }
  }

  /** Tables: the whole, the eigenvalues, the layers. */
  String toText(Metric metric) {
    String name = metric.name().toLowerCase(Locale.ROOT);
    return String.format(
            Locale.ROOT,
            "metric tensor (%s) of %d weights over %d examples",
            name,
            spectrum.parameters(),
            examples)
        + "\n\n"
        + summary()
        + "\n\n"
        + eigenvalues()
        + "\n\n"
        + layers()
        + "\n\n"
        + String.format(
            Locale.ROOT,
            "%d products, %d rounds, %.1f MB out, %.1f MB back, %.1f s",
            spectrum.products(),
            traffic.rounds(),
            traffic.bytesBroadcast() / 1e6,
            traffic.bytesReduced() / 1e6,
            seconds);
  }

  private TextTable summary() {
    Flatness flatness = spectrum.flatness();
    String bound = flatness.threshold() + " of the largest";
    return new TextTable()
        .row("trace", withError(spectrum.trace()))
        .row("effective rank", withError(spectrum.effectiveRank()))
        .row(
            "eigenvalues above " + bound,
            flatness.exact()
                ? String.valueOf(flatness.aboveAtLeast())
                : "at least " + flatness.aboveAtLeast() + ", at most " + flatness.aboveAtMost())
        .row(
            "directions below it",
            flatness.exact()
                ? percent(flatness.shareBelowAtLeast())
                : "at least "
                    + percent(flatness.shareBelowAtLeast())
                    + ", at most "
                    + percent(flatness.shareBelowAtMost()));
  }

  private String eigenvalues() {
    if (spectrum.eigenvalues().isEmpty()) {
      return "all eigenvalues are zero";
    }
    double largest = spectrum.eigenvalues().get(0).value();
    TextTable table = new TextTable().row("", "eigenvalue", "of largest", "of trace", "residual");
    int place = 1;
    for (Eigenvalue eigenvalue : spectrum.eigenvalues()) {
      table.row(
          String.valueOf(place++),
          String.format(Locale.ROOT, "%.6g", eigenvalue.value()),
          String.format(Locale.ROOT, "%.4g", eigenvalue.value() / largest),
          percent(eigenvalue.value() / spectrum.trace().value()),
          String.format(Locale.ROOT, "%.1e", eigenvalue.residual() / largest));
    }
    String note =
        spectrum.complete()
            ? "\nall others are zero"
            : spectrum.converged() ? "" : "\nnot converged: the eigenvalues are lower bounds";
    return table + note;
  }

  private TextTable layers() {
    TextTable table = new TextTable().row("layer", "weights", "trace", "of trace");
    for (TraceShare layer : spectrum.layers()) {
      table.row(
          layer.name(),
          String.valueOf(layer.parameters()),
          withError(layer.trace()),
          String.format(
              Locale.ROOT,
              "%.2f +- %.2f %%",
              100 * layer.share().value(),
              100 * layer.share().standardError()));
    }
    return table;
  }

  private static String withError(Estimate estimate) {
    return String.format(Locale.ROOT, "%.5g +- %.2g", estimate.value(), estimate.standardError());
  }

  private static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.4f %%", 100 * fraction);
  }
}
