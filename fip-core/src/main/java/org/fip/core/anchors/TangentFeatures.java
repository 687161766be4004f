package org.fip.core.anchors;

import org.fip.core.manifold.Point;
import org.fip.core.manifold.Seeds;

/**
 * What the network's linear part makes of each example: the outputs' derivatives along random
 * directions. Row i is (J_i v_1, ..., J_i v_m) / sqrt(m) with v_k of random signs, so that the
 * inner product of two rows estimates tr(J_i J_j^T), the tangent kernel that sums up to the trace
 * of the metric tensor; its relative standard error falls as sqrt(2 / m). Since the last layer's
 * part of J is the features before it, once for each output, this holds what herding on those would
 * see, and needs no notion of a last layer.
 */
public final class TangentFeatures {
  private TangentFeatures() {}

  /**
   * The features at a point. Cost: one linearisation of the set and m rounds of 2 F each.
   *
   * @param data a set of {@code examples} examples that the workers hold
   * @param parameters P
   * @param probes m, how many directions
   * @return [N, m C]
   */
  public static float[][] at(
      Point point, String data, int examples, int parameters, int probes, long seed) {
    float[][] features = new float[examples][];
    for (int probe = 0; probe < probes; probe++) {
      float[] tangents = point.outputTangents(data, direction(parameters, probe, seed));
      int classes = tangents.length / examples;
      for (int i = 0; i < examples; i++) {
        if (probe == 0) {
          features[i] = new float[probes * classes];
        }
        for (int c = 0; c < classes; c++) {
          features[i][probe * classes + c] =
              (float) (tangents[i * classes + c] / Math.sqrt(probes));
        }
      }
    }
    return features;
  }

  private static float[] direction(int parameters, int probe, long seed) {
    var random = Seeds.stream(seed, Seeds.of("tangent features"), probe);
    float[] v = new float[parameters];
    for (int i = 0; i < v.length; i++) {
      v[i] = random.nextBoolean() ? 1 : -1;
    }
    return v;
  }
}
