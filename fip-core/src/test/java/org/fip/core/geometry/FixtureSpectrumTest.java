package org.fip.core.geometry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.Network;
import org.fip.core.safetensors.TensorSource;
import org.fip.core.spectrum.Eigenvalue;
import org.fip.core.spectrum.MetricOperator;
import org.fip.core.spectrum.Spectrum;
import org.fip.core.spectrum.SpectrumAnalysis;
import org.fip.core.spectrum.SpectrumListener;
import org.fip.core.spectrum.SpectrumSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The largest eigenvalues of each fixture's metric tensor, by products on workers in float32. */
class FixtureSpectrumTest {
  static Stream<String> fixtures() {
    return PointProductsTest.fixtures();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void largestEigenvaluesAreThoseOfTheReference(String name) {
    Fixture fixture = Fixture.open(name);
    Network network = fixture.network();
    try (TensorSource reference = fixture.reference()) {
      EncodedExamples examples = TensorExamples.read(network, reference);
      double[] expected = reference.readDoubles(reference.get("eigvals_top10"));
      double trace = reference.readDoubles(reference.get("trace_G"))[0];
      Spectrum spectrum = analyse(network, examples, 10);
      assertTrue(spectrum.converged(), name + " did not converge");
      List<Eigenvalue> found = spectrum.eigenvalues();
      for (int i = 0; i < expected.length; i++) {
        assertEquals(
            expected[i], found.get(i).value(), 1e-4 * expected[i], name + ", eigenvalue " + i);
      }
      // The standard error is that of the probes; products in float32 have one of their own.
      double error = 5 * spectrum.trace().standardError() + 1e-5 * trace;
      assertEquals(trace, spectrum.trace().value(), error, name + ", trace");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert-legacy-keys", "lenet300"})
  void allEigenvaluesGiveTheTraceWithoutAnError(String name) {
    Fixture fixture = Fixture.open(name);
    Network network = fixture.network();
    try (TensorSource reference = fixture.reference()) {
      EncodedExamples examples = TensorExamples.read(network, reference);
      double trace = reference.readDoubles(reference.get("trace_G"))[0];
      int rank = examples.size() * network.classes();
      Spectrum spectrum = analyse(network, examples, rank);
      assertTrue(spectrum.complete(), name + " has more than " + rank + " eigenvalues");
      assertEquals(trace, spectrum.trace().value(), 1e-5 * trace);
      assertEquals(0, spectrum.trace().standardError(), 1e-5 * trace);
    }
  }

  private static Spectrum analyse(Network network, EncodedExamples examples, int top) {
    WorkerSpec spec = new WorkerSpec(network.definition(), 2, 1, 1L << 28);
    try (Manifold manifold =
            new Manifold(
                new LocalWorkers(spec, Map.of("inputs", examples), Device.cpu()),
                network.weights());
        Point point = manifold.at(network.weights());
        SpectrumAnalysis analysis =
            new SpectrumAnalysis(
                new MetricOperator(point, Metric.EUCLIDEAN, "inputs", examples.size(), network),
                network.tensors(),
                new SpectrumSettings(top, 1e-6, 8, 1e-3, 1, 1L << 28))) {
      return analysis.run(SpectrumListener.NONE);
    }
  }
}
