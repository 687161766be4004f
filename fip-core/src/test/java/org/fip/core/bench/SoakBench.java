package org.fip.core.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.geometry.Linearization;
import org.fip.core.geometry.Metric;

/**
 * Whether memory and step time stay flat: many steps in one process, each with new weights copied
 * in, a gradient, a linearisation, and metric products copied out, as a geodesic path has them.
 *
 * <p>Arguments: {@code --steps N} (2,000), {@code --out FILE}.
 */
public final class SoakBench {
  private static final int BLOCKS = 10;
  private static final int PRODUCTS = 2;

  private SoakBench() {}

  /** Measures and prints JSON. */
  public static void main(String[] args) throws IOException {
    List<String> arguments = List.of(args);
    int option = arguments.indexOf("--steps");
    int steps = option < 0 ? 2000 : Integer.parseInt(arguments.get(option + 1));
    int block = Math.max(1, steps / BLOCKS);
    ObjectNode result = Environment.JSON.createObjectNode();
    result.set("environment", Environment.describe());
    result.put(
        "step",
        "LeNet-300-100, batch 128: gradient, linearisation, 2 metric products; weights in, both"
            + " out");
    ArrayNode blocks = result.putArray("blocks");
    try (BenchPoint point = new BenchPoint(BenchCase.PERCEPTRON.withBatch(128))) {
      float[] weights = Program.floats(point.weights);
      double[] times = new double[block];
      for (int step = 1; step <= steps; step++) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        step(point, weights);
        long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        times[(step - 1) % block] = (end - start) / 1e6;
        if (step % block == 0) {
          Arrays.sort(times);
          ObjectNode entry = blocks.addObject();
          entry.put("steps", step);
          entry.put("residentMegabytes", Math.round(Environment.residentMegabytes()));
          entry.put("medianStepMilliseconds", Math.round(times[block / 2] * 100) / 100d);
        }
      }
    }
    Environment.publish(result, arguments);
  }

  private static void step(BenchPoint point, float[] weights) {
    try (NDManager scope = point.manager.newSubManager()) {
      NDArray w = Program.upload(scope, weights, Precision.FLOAT32, new Shape(weights.length));
      point.gradient(scope);
      NDManager owner = point.manager.newSubManager();
      try (Linearization kept = point.program.linearize(owner, w, point.constants, point.inputs)) {
        NDArray v = point.direction;
        for (int product = 0; product < PRODUCTS; product++) {
          v = kept.metricProduct(scope, Metric.FISHER, v).get(0);
        }
        float[] product = Program.floats(v);
        float[] gradient = Program.floats(point.sum);
        if (!Float.isFinite(product[0]) || gradient.length != product.length) {
          throw new IllegalStateException("a product is not finite");
        }
      }
    }
  }
}
