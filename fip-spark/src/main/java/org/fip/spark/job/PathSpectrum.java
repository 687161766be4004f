package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.fip.core.FipException;
import org.fip.core.anchors.Anchors;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.network.Network;
import org.fip.core.spectrum.Eigenvalue;
import org.fip.core.spectrum.Estimate;
import org.fip.core.spectrum.MetricOperator;
import org.fip.core.spectrum.Spectrum;
import org.fip.core.spectrum.SpectrumAnalysis;
import org.fip.core.spectrum.SpectrumListener;
import org.fip.core.spectrum.SpectrumSettings;
import org.fip.core.storage.Folder;
import org.fip.spark.manifold.WorkersSettings;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.report.MetricSpectrum;
import org.fip.spark.store.PathStore;

/**
 * The spectrum of the metric at both ends of a stored path, on the anchors that its last stretch
 * kept its function on, at most {@link PathWalk#PROBE} of them.
 */
public final class PathSpectrum {
  private static final double TOLERANCE = 1e-6;
  private static final int PROBES = 32;
  private static final double THRESHOLD = 1e-3;

  /** A part of the heap that the basis may take; the rest holds data, weights and products. */
  private static final long HEAP_SHARE = 4;

  private final JobContext context;
  private final PathStore store;
  private final Recipe recipe;

  private PathSpectrum(JobContext context, PathStore store) {
    this.context = context;
    this.store = store;
    recipe = recipe();
  }

  /**
   * Measures the spectrum of the Euclidean metric of the logits at the first and the last waypoint.
   *
   * @param top how many eigenvalues, from the largest down
   * @param listener is told how it goes on
   * @throws FipException NOT_FOUND when the path has no waypoint or its data are gone, DATA when
   *     the store is damaged
   */
  public static List<MetricSpectrum> measure(
      JobContext context, PathStore store, int top, SpectrumListener listener) {
    List<Long> steps = store.steps();
    if (steps.isEmpty()) {
      throw FipException.notFound(
          "%s: has no waypoint yet; run the command that walks it", store.location());
    }
    return new PathSpectrum(context, store)
        .measure(steps.get(0), steps.get(steps.size() - 1), top, listener);
  }

  static List<MetricSpectrum> measure(JobContext context, PathStore store, int top) {
    return measure(context, store, top, SpectrumListener.NONE);
  }

  private Recipe recipe() {
    ObjectNode json = store.description().recipe().deepCopy();
    // Stores that do not say by which command are older; those with anchors were written by adapt.
    String command =
        store
            .description()
            .provenance()
            .getOrDefault(
                Sources.COMMAND, store.anchorSteps().isEmpty() ? "" : Command.ADAPT.label());
    for (Command known : Command.values()) {
      if (known.label().equals(command)) {
        // In a recipe that has no use for them, empty lists would be an error.
        if (known != Command.ADAPT && json.path("keep").isEmpty()) {
          json.remove("keep");
        }
        if (json.path("tasks").isEmpty()) {
          json.remove("tasks");
        }
        return Recipe.fromJson(known, store.location() + "/path.json", json.toString());
      }
    }
    throw FipException.data(
        "%s: was written before stores said by which command; run that command again, then ask for"
            + " the spectrum",
        store.location());
  }

  private List<MetricSpectrum> measure(long first, long last, int top, SpectrumListener listener) {
    Folder folder =
        store
            .start()
            .orElseThrow(
                () -> FipException.data("%s: has no start network; restore it", store.location()));
    Network start = Network.load(folder).restrictedTo(recipe.path().tensors().selection());
    EncodedExamples anchors = anchors(first, last);
    WorkersSettings settings =
        new WorkersSettings(recipe.seed(), recipe.path().shards(), recipe.path().memoryBytes());
    List<MetricSpectrum> spectra = new ArrayList<>();
    try (Manifold manifold =
        new Manifold(
            context.workers().open(start.definition(), settings, Map.of(Sources.ANCHORS, anchors)),
            start.weights())) {
      for (long step : first == last ? List.of(first) : List.of(first, last)) {
        try (Point point = manifold.at(store.read(step).state().weights())) {
          spectra.add(measure(point, start, anchors.size(), "step " + step, top, listener));
        }
      }
    }
    return spectra;
  }

  private MetricSpectrum measure(
      Point point,
      Network network,
      int examples,
      String where,
      int top,
      SpectrumListener listener) {
    Metric metric = Metric.EUCLIDEAN;
    long memory = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
    try (SpectrumAnalysis analysis =
        new SpectrumAnalysis(
            new MetricOperator(point, metric, Sources.ANCHORS, examples, network),
            network.tensors(),
            new SpectrumSettings(top, TOLERANCE, PROBES, THRESHOLD, recipe.seed(), memory))) {
      Spectrum found = analysis.run(listener);
      return new MetricSpectrum(
          where,
          metric.name().toLowerCase(Locale.ROOT),
          found.parameters(),
          examples,
          found.eigenvalues().stream().map(Eigenvalue::value).toList(),
          found.converged(),
          uncertain(found.trace()),
          uncertain(found.effectiveRank()),
          found.layers().stream()
              .map(layer -> new MetricSpectrum.LayerShare(layer.name(), layer.share().value()))
              .toList());
    }
  }

  private static MetricSpectrum.Uncertain uncertain(Estimate estimate) {
    return new MetricSpectrum.Uncertain(estimate.value(), estimate.standardError());
  }

  /** What the last stretch kept its function on. */
  private EncodedExamples anchors(long first, long last) {
    long begun =
        store.anchorSteps().stream().filter(step -> step < last).reduce((a, b) -> b).orElse(first);
    Optional<Anchors> stored = store.anchors(begun);
    if (stored.isPresent()) {
      return stored.get().limited(PathWalk.PROBE).examples();
    }
    Sources sources = new Sources(context, Command.ADAPT);
    EncodedExamples all =
        recipe.keep().isEmpty()
            ? sources.read(recipe.tasks().get(0).train())
            : sources.readAll(recipe.keep());
    if (all.labels().length > 0) {
      return Sources.sample(all, PathWalk.PROBE, recipe.seed());
    }
    int[] rows = new int[Math.min(PathWalk.PROBE, all.size())];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
    }
    return all.select(rows);
  }
}
