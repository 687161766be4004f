package org.fip.core.geometry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Locale;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Torch;
import org.fip.core.network.Network;
import org.fip.core.safetensors.TensorSource;
import org.fip.core.spectrum.PositiveOperator;
import org.fip.core.spectrum.Spectrum;
import org.fip.core.spectrum.SpectrumAnalysis;
import org.fip.core.spectrum.SpectrumListener;
import org.fip.core.spectrum.SpectrumSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spectra from float32 products against dense ones that PyTorch computed in float64. */
class SpectrumReferenceTest {
  private static final int TOP = 10;

  /** The metric tensor over the inputs of a fixture. */
  private record At(ShardedPoint point, int dimension, int examples, int classes)
      implements PositiveOperator {
    @Override
    public long rankBound() {
      return (long) examples * classes;
    }

    @Override
    public float[] product(float[] v) {
      double[] product = point.metricProduct(Metric.EUCLIDEAN, wide(v));
      float[] narrow = new float[product.length];
      for (int i = 0; i < narrow.length; i++) {
        narrow[i] = (float) product[i];
      }
      return narrow;
    }

    @Override
    public double form(float[] v) {
      double sum = 0;
      for (double value : point.jv(wide(v))) {
        sum += value * value;
      }
      return sum / examples;
    }

    private static double[] wide(float[] v) {
      double[] wide = new double[v.length];
      for (int i = 0; i < v.length; i++) {
        wide[i] = v[i];
      }
      return wide;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet300", "lenet5", "lenet5-tanh"})
  void agreesWithTheReference(String name) {
    Fixture fixture = Fixture.open(name);
    Network network = fixture.network();
    try (TensorSource reference = fixture.reference();
        NDManager manager = Torch.newManager(Device.cpu());
        NetworkProgram program =
            new NetworkProgram(network.graph(), network.layout(), Device.cpu(), List.of())) {
      PointInputs inputs = new PointInputs(network, reference);
      try (ShardedPoint point =
          new ShardedPoint(network, inputs, Precision.FLOAT32, 1, manager, program)) {
        At metric = new At(point, network.layout().size(), inputs.examples(), network.classes());
        compare(name, network, metric, reference);
      }
    }
  }

  private static SpectrumSettings settings(int top) {
    return new SpectrumSettings(top, 1e-6, 32, 1e-3, 0, 1L << 30);
  }

  private static void compare(String name, Network network, At metric, TensorSource reference) {
    try (SpectrumAnalysis analysis =
        new SpectrumAnalysis(metric, network.layout().tensors(), settings(TOP))) {
      Spectrum spectrum = analysis.run(SpectrumListener.NONE);
      double[] expected = reference.readDoubles(reference.get("eigvals_top10"));
      double worst = 0;
      for (int i = 0; i < TOP; i++) {
        double error = spectrum.eigenvalues().get(i).value() - expected[i];
        worst = Math.max(worst, Math.abs(error) / expected[i]);
      }
      double trace = reference.readDoubles(reference.get("trace_G"))[0];
      double z = (spectrum.trace().value() - trace) / spectrum.trace().standardError();
      System.out.printf(
          Locale.ROOT,
          "%-12s eigenvalues %.1e, %d products, trace %.2f errors of %.1e%n",
          name,
          worst,
          spectrum.products() - spectrum.probes() - TOP,
          z,
          spectrum.trace().standardError() / trace);
      assertTrue(worst < 1e-6, name + ": relative error " + worst);
      assertTrue(Math.abs(z) < 4, name + ": the trace is off by " + z + " standard errors");
      assertTrue(spectrum.converged());
      assertEquals(network.layout().size(), spectrum.parameters());
    }
    int rank = (int) metric.rankBound();
    try (SpectrumAnalysis analysis =
        new SpectrumAnalysis(metric, network.layout().tensors(), settings(rank))) {
      Spectrum spectrum = analysis.run(SpectrumListener.NONE);
      double trace = reference.readDoubles(reference.get("trace_G"))[0];
      double error = (spectrum.trace().value() - trace) / trace;
      assertTrue(spectrum.complete(), name + " has more than " + rank + " eigenvalues");
      assertEquals(rank, spectrum.eigenvalues().size());
      assertEquals(0, error, 1e-5, name + ": relative error of the trace");
      assertEquals(0, spectrum.trace().standardError() / trace, 1e-5);
    }
  }
}
