package org.fip.spark.cli;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.fip.core.FipException;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.geometry.Metric;
import org.fip.core.geometry.NetworkProgram;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;

/** Loads the engine and computes a product G v in both precisions, on every device. */
final class EngineChecks {
  private static final String CONFIG =
      """
      {"architectures": ["LeNet300100"], "input_shape": [1, 8, 8], "hidden_sizes": [30, 20],
       "hidden_act": "relu", "num_labels": 10}
      """;
  private static final int BATCH = 16;
  private static final double TOLERANCE = 1e-4;
  private static final String PRODUCT_ADVICE =
      "the native library does not fit this machine; use another one or report this";

  private EngineChecks() {}

  static List<Check> all() {
    List<Check> checks = new ArrayList<>();
    try {
      checks.add(Check.ok("engine", "PyTorch %s", Torch.version()));
    } catch (FipException e) {
      checks.add(Check.failed("engine", e.getMessage(), "see the line of the engine"));
      return checks;
    }
    int gpus = Torch.gpuCount();
    checks.add(Check.ok("devices", "%s", gpus == 0 ? "CPU only" : "CPU and " + gpus + " GPU"));
    checks.add(product(Device.cpu()));
    for (int i = 0; i < gpus; i++) {
      checks.add(product(Device.gpu(i)));
    }
    return checks;
  }

  /** Whether a product on the device is right. */
  static Check product(Device device) {
    String name = "product on " + device;
    try {
      double[] single = product(device, Precision.FLOAT32);
      double[] twice = product(device, Precision.FLOAT64);
      double error = relativeError(single, twice);
      return error <= TOLERANCE
          ? Check.ok(name, "float32 and float64 agree to %.1e", error)
          : Check.failed(
              name, "float32 and float64 differ by " + error + " of the norm", PRODUCT_ADVICE);
    } catch (RuntimeException | LinkageError e) {
      return Check.failed(name, Failure.of(e).line(), PRODUCT_ADVICE);
    }
  }

  private static double[] product(Device device, Precision precision) {
    Network network = Network.initialize(config(), null, 1);
    int inputSize = network.graph().inputs().get(0).shape().stream().reduce(1, Math::multiplyExact);
    try (NetworkProgram program =
            new NetworkProgram(network.graph(), network.layout(), device, List.of());
        NDManager manager = Torch.newManager(device)) {
      NDArray w = vector(manager, network.weights(), precision);
      NDArray c = vector(manager, network.constants(), precision);
      NDArray x =
          Program.upload(
              manager, random(BATCH * inputSize, 2), precision, new Shape(BATCH, 1, 8, 8));
      NDArray v = vector(manager, random(network.weights().length, 3), precision);
      return Program.doubles(
          program.metricProduct(manager, Metric.FISHER, w, c, List.of(x), v).get(0));
    }
  }

  private static NDArray vector(NDManager manager, float[] values, Precision precision) {
    return Program.upload(manager, values, precision, new Shape(values.length));
  }

  private static float[] random(int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  private static double relativeError(double[] a, double[] b) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < a.length; i++) {
      difference += (a[i] - b[i]) * (a[i] - b[i]);
      norm += b[i] * b[i];
    }
    return Math.sqrt(difference / norm);
  }

  private static NetworkConfig config() {
    try {
      return new NetworkConfig(new ObjectMapper().readTree(CONFIG), "doctor");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
