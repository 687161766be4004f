package com.example.fip;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.network.Network;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.path.Itinerary;
import org.fip.core.path.Waypoint;
import org.fip.core.spectrum.MetricOperator;
import org.fip.core.spectrum.Spectrum;
import org.fip.core.spectrum.SpectrumAnalysis;
import org.fip.core.spectrum.SpectrumSettings;
import org.fip.core.storage.Folder;

/** Loads a network, looks at its metric tensor, and walks a functionally invariant path. */
public final class TenLines {
  /** What came of it. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Result(Network network, float[] product, Spectrum spectrum, Waypoint end) {}

  private TenLines() {}

  /**
   * Learns a task, keeping what the network says of other examples.
   *
   * @param folder a Hugging Face folder
   * @param kept examples whose outputs stay; their labels are not looked at
   * @param task labelled examples to learn
   * @param v a direction in weight space
   */
  public static Result run(
      Folder folder, EncodedExamples kept, EncodedExamples task, float[] v, Folder out)
      throws IOException {
    Network network = Network.load(folder);
    try (Manifold manifold = Manifold.local(network, Map.of("kept", kept, "task", task));
        Point start = manifold.at(network.weights())) {
      MetricOperator g = new MetricOperator(start, Metric.FISHER, "kept", kept.size(), network);
      float[] product = g.product(v);
      Spectrum spectrum = SpectrumAnalysis.of(g, network.tensors(), SpectrumSettings.largest(5));
      Term learn = Term.task(Batch.of("task", 64));
      Term keep = Term.drift(Distance.SQUARED_LOGITS, 0.1, Batch.of("kept", 64));
      Waypoint end = Itinerary.anchored(List.of(learn, keep), 0.002, 400, "kept").walk(manifold);
      Network adapted = network.withWeights(end.state().weights());
      adapted.save(out);
      return new Result(adapted, product, spectrum, end);
    }
  }
}
