package org.fip.core.geometry;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import java.util.List;
import java.util.stream.Stream;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Torch;
import org.fip.core.network.Network;
import org.fip.core.safetensors.TensorSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every product on a GPU against the recorded values; skipped where the engine sees none. */
@Tag("gpu")
class GpuProductsTest {
  static Stream<String> fixtures() {
    return PointProductsTest.fixtures();
  }

  @BeforeEach
  void requireGpu() {
    int gpus = Torch.gpuCount();
    if (gpus == 0) {
      System.out.println("skipped: products on a GPU: the engine sees none");
    }
    assumeTrue(gpus > 0, "the engine sees no GPU");
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void agreesWithTheReference(String name) {
    Fixture fixture = Fixture.open(name);
    Network network = fixture.network();
    try (TensorSource reference = fixture.reference()) {
      PointProducts wide =
          PointProducts.compute(network, reference, Precision.FLOAT64, 1, Device.gpu());
      PointProducts narrow =
          PointProducts.compute(network, reference, Precision.FLOAT32, 1, Device.gpu());
      for (String key : List.of("logits", "Jv", "JTu", "Gv", "Fv", "grad", "eigvals_top10")) {
        double[] expected = reference.readDoubles(reference.get(key));
        double inDouble = Fixture.error(key, expected, wide.values(key));
        double inSingle = Fixture.error(key, expected, narrow.values(key));
        assertTrue(inDouble <= 1e-9, key + " in float64: " + inDouble);
        assertTrue(inSingle <= 1e-3, key + " in float32, perhaps TF32: " + inSingle);
      }
    }
  }
}
