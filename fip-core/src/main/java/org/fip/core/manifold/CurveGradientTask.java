package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;

/**
 * The gradient of a curve's distance from its chord in output space in the weights of all inner
 * nodes, one after the other, and the distance. Vectors: the nodes in order, ends included. Cost 2
 * F for the ends and 3 F for each segment; holds P floats for each inner node.
 */
record CurveGradientTask(CurveTerm term, long step) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors nodes) {
    int segments = term.places().length;
    Draw draw = shard.draw(term.batch(), step);
    double[] sum = {0};
    try (NDManager scope = shard.scope()) {
      List<NDArray> gradients = new ArrayList<>();
      List<NDArray> between = new ArrayList<>();
      for (int segment = 0; segment < segments; segment++) {
        between.add(place(scope, nodes, segment));
        gradients.add(scope.zeros(nodes.get(0).getShape(), Precision.FLOAT32.type()));
      }
      float factor = (float) (1.0 / draw.total() / segments);
      shard.forEachMicroBatch(
          term.batch(),
          draw,
          (own, batch) -> {
            NDArray from = logits(shard, own, nodes.get(0), batch);
            NDArray to = logits(shard, own, nodes.get(segments), batch);
            NDArray scale =
                Program.upload(own, new float[] {factor}, Precision.FLOAT32, new Shape());
            for (int segment = 0; segment < segments; segment++) {
              NDArray target =
                  mixture(own, from, to, (segment + term.places()[segment]) / segments);
              NDArray value =
                  shard
                      .program()
                      .addGradient(
                          own,
                          term.distance(),
                          between.get(segment),
                          shard.constants(),
                          batch.inputs(),
                          target,
                          scale,
                          gradients.get(segment));
              sum[0] += Program.floats(value)[0];
            }
          });
      return new Partial(inner(gradients), new double[] {sum[0] / draw.total() / segments});
    }
  }

  private NDArray place(NDManager scope, Vectors nodes, int segment) {
    return mixture(scope, nodes.get(segment), nodes.get(segment + 1), term.places()[segment]);
  }

  private static NDArray logits(
      Shard shard, NDManager scope, NDArray weights, NativeExamples.MiniBatch batch) {
    return shard.program().logits(scope, weights, shard.constants(), batch.inputs());
  }

  /** (1 - share) a + share b, in a scope of its own arrays. */
  private static NDArray mixture(NDManager scope, NDArray a, NDArray b, double share) {
    NDArray sum = a.mul((float) (1 - share));
    sum.attach(scope);
    try (NDArray second = b.mul((float) share)) {
      sum.addi(second);
    }
    return sum;
  }

  /** A segment's gradient belongs to both of its nodes, by how near the drawn place is to them. */
  private float[] inner(List<NDArray> gradients) {
    int length = Math.toIntExact(gradients.get(0).size());
    float[] all = new float[Math.multiplyExact(gradients.size() - 1, length)];
    for (int segment = 0; segment < gradients.size(); segment++) {
      float[] gradient = Program.floats(gradients.get(segment));
      float after = (float) term.places()[segment];
      if (segment > 0) {
        add(all, (segment - 1) * length, 1 - after, gradient);
      }
      if (segment < gradients.size() - 1) {
        add(all, segment * length, after, gradient);
      }
    }
    return all;
  }

  private static void add(float[] all, int from, float factor, float[] gradient) {
    for (int i = 0; i < gradient.length; i++) {
      all[from + i] += factor * gradient[i];
    }
  }

  /** The vector of a share, node by node. */
  static List<float[]> parts(float[] all, int nodes) {
    int length = all.length / nodes;
    List<float[]> parts = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      parts.add(Arrays.copyOfRange(all, node * length, (node + 1) * length));
    }
    return parts;
  }
}
