package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Metric;
import org.fip.core.geometry.TensorExamples;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.Traffic;
import org.fip.core.manifold.Workers;
import org.fip.core.network.Network;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.spectrum.MetricOperator;
import org.fip.core.spectrum.Spectrum;
import org.fip.core.spectrum.SpectrumAnalysis;
import org.fip.core.spectrum.SpectrumSettings;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;
import org.fip.spark.job.JobContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fip spectrum}. */
@Command(
    name = "spectrum",
    description = {
      "Measures the metric tensor G = mean of JT M J over data: its largest eigenvalues, its trace,"
          + " its effective rank, how many directions of weight space leave the outputs as they"
          + " are, and what part of the trace each layer has.",
      "",
      "Labels are not used. The trace and what follows from it are estimates, with a standard error."
    },
    footer = {
      "  fip spectrum --network models/digits --data data/mnist --limit 1000 --top 20",
      "  fip spectrum --network models/digits --data data/mnist --metric fisher --json"
    })
final class SpectrumCommand extends FipCommand {
  private static final String DATA = "data";

  /** A part of the heap that the basis may take; the rest holds data, weights and products. */
  private static final long HEAP_SHARE = 4;

  private static final int MOST_EIGENVALUES = 500;

  @Spec private CommandSpec spec;

  @Mixin private NetworkOption network;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = "Folder or file of data: Parquet, or idx pairs; or builtin:digits.")
  private String data;

  @Option(
      names = "--inputs",
      paramLabel = "IN.safetensors",
      description = "In place of --data, the network's inputs as tensors, as linearize takes them.")
  private String inputs;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      defaultValue = DataSelector.TRAIN,
      description = "train or test; default ${DEFAULT-VALUE}.")
  private String split;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Draw a class-balanced sample of that size; default all.")
  private Integer limit;

  @Option(
      names = "--labels",
      paramLabel = "CLASS",
      split = ",",
      description = "Keep only these classes, such as 0,1,2; default all.")
  private List<Integer> labels;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of the sample, the start vector and the probes; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "10",
      description = "How many eigenvalues, from the largest down; default ${DEFAULT-VALUE}.")
  private int top;

  @Option(
      names = "--metric",
      paramLabel = "METRIC",
      defaultValue = "euclidean",
      description = "euclidean (of logits) or fisher; default ${DEFAULT-VALUE}.")
  private Metric metric;

  @Option(
      names = "--probes",
      paramLabel = "N",
      defaultValue = "32",
      description = "Random probes of the trace; default ${DEFAULT-VALUE}.")
  private int probes;

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      defaultValue = "1e-6",
      description =
          "Residual |Gy - ly| of an eigenpair, as a share of the largest eigenvalue, that is"
              + " accepted, by the search's estimate; those measured afterwards are printed, and may be"
              + " larger where float32 rounds; default ${DEFAULT-VALUE}.")
  private double tolerance;

  @Option(
      names = "--threshold",
      paramLabel = "T",
      defaultValue = "1e-3",
      description =
          "Share of the largest eigenvalue below which a direction counts as flat; default"
              + " ${DEFAULT-VALUE}.")
  private double threshold;

  @Option(
      names = "--vectors",
      paramLabel = "OUT.safetensors",
      description =
          "Write the eigenvectors there: 'eigenvalues', and 'eigenvector.0' and so on, each as long"
              + " as the weights; the header says which slice is which tensor. A file that is there"
              + " is replaced.")
  private String vectors;

  @Mixin private TensorOptions tensors;

  @Override
  Outcome run(Session session) {
    checkOptions();
    Path target = vectors == null ? null : session.path("--vectors", vectors);
    Network loaded = network.load(session).restrictedTo(tensors.selection());
    EncodedExamples examples = examples(session, loaded);
    JobContext context = session.context(json());
    long start = System.nanoTime();
    Workers workers =
        context.workers().open(loaded.definition(), session.workers(seed), Map.of(DATA, examples));
    try (Manifold manifold = new Manifold(workers, loaded.weights());
        Point point = manifold.at(loaded.weights());
        SpectrumAnalysis analysis =
            new SpectrumAnalysis(
                new MetricOperator(point, metric, DATA, examples.size(), loaded),
                loaded.tensors(),
                settings())) {
      Spectrum spectrum = analysis.run(new SpectrumProgress(context.progress()));
      Traffic traffic = manifold.traffic();
      double seconds = (System.nanoTime() - start) / 1e9;
      SpectrumResult result = new SpectrumResult(spectrum, examples.size(), traffic, seconds);
      Optional<FipException> problem =
          target == null ? Optional.empty() : write(session, analysis, target);
      return new Outcome(json(result, target), result.toText(metric), problem);
    }
  }

  private EncodedExamples examples(Session session, Network loaded) {
    if (inputs != null) {
      try (SafetensorsReader tensors = session.tensors("--inputs", inputs)) {
        return TensorExamples.read(loaded, tensors);
      }
    }
    EncodedExamples examples =
        DataSets.read(new DataSelector(data, split, labels, 0, limit, seed), session.hadoop());
    if (examples.size() == 0) {
      throw FipException.data("--data: no examples are left of %s", examples.source());
    }
    return examples;
  }

  private void checkOptions() {
    if ((data == null) == (inputs == null)) {
      throw new ParameterException(
          spec.commandLine(), "Give one of --data and --inputs, and not both");
    }
    if (inputs != null && (limit != null || labels != null)) {
      throw new ParameterException(
          spec.commandLine(),
          "--limit and --labels choose from --data; --inputs are taken as they are");
    }
    require(top >= 1 && top <= MOST_EIGENVALUES, "--top", top, "1 to " + MOST_EIGENVALUES);
    require(probes >= 2, "--probes", probes, "2 or more, for a standard error");
    require(
        tolerance >= SpectrumSettings.LEAST_TOLERANCE && tolerance < 1,
        "--tolerance",
        tolerance,
        SpectrumSettings.LEAST_TOLERANCE + " to 1");
    require(
        threshold >= SpectrumSettings.LEAST_THRESHOLD && threshold <= 1,
        "--threshold",
        threshold,
        SpectrumSettings.LEAST_THRESHOLD + " to 1");
    require(limit == null || limit >= 1, "--limit", limit, "1 or more");
    require(
        split.equals(DataSelector.TRAIN) || split.equals(DataSelector.TEST),
        "--split",
        split,
        "train or test");
  }

  private void require(boolean condition, String option, Object value, String allowed) {
    if (!condition) {
      throw new ParameterException(
          spec.commandLine(),
          String.format("Invalid value for option '%s': %s is not %s", option, value, allowed));
    }
  }

  private SpectrumSettings settings() {
    long memory = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
    return new SpectrumSettings(top, tolerance, probes, threshold, seed, memory);
  }

  /** Writes the eigenvectors; a failure is returned, for the figures are there without them. */
  private Optional<FipException> write(Session session, SpectrumAnalysis analysis, Path target) {
    Map<String, String> of =
        Map.of(
            "network",
            network.given(),
            inputs == null ? "data" : "inputs",
            inputs == null ? data : inputs,
            "metric",
            metric.name().toLowerCase(Locale.ROOT));
    try {
      NewFile.write(target, session.hadoop(), stream -> analysis.writeEigenvectors(stream, of));
      return Optional.empty();
    } catch (FipException e) {
      return Optional.of(e);
    }
  }

  private ObjectNode json(SpectrumResult result, Path target) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("network", network.given()).put("seed", seed);
    if (inputs == null) {
      json.put("data", data).put("split", split);
    } else {
      json.put("inputs", inputs);
    }
    if (labels != null) {
      ArrayNode classes = json.putArray("labels");
      labels.forEach(classes::add);
    }
    json.put("metric", metric.name().toLowerCase(Locale.ROOT));
    result.putInto(json);
    if (target != null) {
      json.put("vectors", target.toString());
    }
    return json;
  }
}
