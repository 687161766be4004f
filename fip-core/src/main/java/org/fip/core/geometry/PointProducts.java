package org.fip.core.geometry;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Torch;
import org.fip.core.network.Network;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.safetensors.TensorSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All products of a network's Jacobian at one point, for checks and for other tools: outputs, J v,
 * J^T u, both metric products, loss and gradient, and the spectrum of the metric tensor.
 *
 * <p>With N examples and C classes: {@code logits}, {@code Jv} and {@code logits_w_plus_0.01v} are
 * [N, C]; {@code JTu} (a sum over examples), {@code Gv}, {@code Fv} and {@code grad} (means) are
 * [P]; {@code eigvals_top10} is [10]; {@code vGv}, {@code vFv}, {@code loss}, {@code trace_G} and
 * the divergences {@code KL}, {@code KL_0.1} and {@code KL_1.0} from the outputs at w + 0.01 v, w +
 * 0.1 v and w + v are [1]. G has the euclidean metric, F the Fisher metric. What else a network
 * names, such as the logits of each of two heads, is [N, C].
 */
public final class PointProducts {
  private static final Logger LOG = LoggerFactory.getLogger(PointProducts.class);
  private static final int EIGENVALUES = 10;

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  @SuppressWarnings("ArrayRecordComponent")
  private record Tensor(long[] shape, double[] values) {}

  private PointProducts() {}

  /**
   * Computes every product that the given tensors allow. The network runs in the given precision;
   * sums over examples, softmax and eigenvalues are in double whatever it is.
   *
   * <p>Cost: 2 F for each of the N C rows of the Gram matrix in J^T and as much in J, and some 20 F
   * for all others. Keeps the activations of all examples.
   *
   * @param source the network's inputs; {@code labels} [N] for loss and gradient, {@code v} [P] for
   *     what needs a direction and {@code u} [N, C] for J^T u. What lacks its tensor is left out
   * @param shards into how many parts the examples are cut; their shares are added in order
   * @throws org.fip.core.FipException with category DATA when a tensor has a wrong shape or type,
   *     is not finite, or when there are too many examples for the Gram matrix
   */
  public static PointProducts compute(
      Network network, TensorSource source, Precision precision, int shards) {
    return compute(network, source, precision, shards, Device.cpu());
  }

  /** The same on another device. */
  static PointProducts compute(
      Network network, TensorSource source, Precision precision, int shards, Device device) {
    PointInputs inputs = new PointInputs(network, source);
    GramMatrix.requireSmall(inputs.examples(), network.classes());
    PointProducts products = new PointProducts();
    try (NDManager manager = Torch.newManager(device);
        NetworkProgram program =
            new NetworkProgram(network.graph(), network.layout(), device, List.of());
        ShardedPoint at = new ShardedPoint(network, inputs, precision, shards, manager, program)) {
      products.fill(at, inputs, network.classes());
      List<String> outputs = network.graph().outputs();
      for (int i = 0; i < outputs.size(); i++) {
        products.outputs(outputs.get(i), at.output(i), network.classes());
      }
    }
    return products;
  }

  /** The names of what was computed. */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /** A product's values, row-major; not to be written to. */
  public double[] values(String name) {
    return tensors.get(name).values;
  }

  /** Writes all products as one safetensors file, as F64 in either precision. */
  public void writeTo(OutputStream out) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of()).inLibraryOrder();
    tensors.forEach(
        (name, tensor) -> writer.add(name, ElementType.F64, tensor.shape, tensor.values));
    writer.writeTo(out);
  }

  private void fill(ShardedPoint at, PointInputs inputs, int classes) {
    Logits logits = at.logits();
    outputs("logits", logits.values(), classes);
    if (inputs.cotangents() == null) {
      LOG.info("no tensor 'u': JTu is left out");
    } else {
      vector("JTu", at.jtu(inputs.cotangents()));
    }
    if (inputs.labels() == null) {
      LOG.info("no tensor 'labels': loss and grad are left out");
    } else {
      vector("loss", logits.crossEntropy(inputs.labels()));
      vector("grad", at.jtu(logits.crossEntropyGradient(inputs.labels())));
    }
    if (inputs.direction() == null) {
      LOG.info("no tensor 'v': Jv, Gv, vGv, Fv, vFv, logits_w_plus_0.01v and KL are left out");
    } else {
      alongDirection(at, logits, inputs.direction(), classes);
    }
    GramMatrix gram = GramMatrix.of(inputs.examples(), classes, at::gramColumn);
    vector("eigvals_top10", gram.largestEigenvalues(EIGENVALUES));
    vector("trace_G", gram.trace());
  }

  private void alongDirection(ShardedPoint at, Logits logits, double[] v, int classes) {
    double[] tangent = at.jv(v);
    outputs("Jv", tangent, classes);
    vector("Gv", at.metricProduct(Metric.EUCLIDEAN, v));
    vector("vGv", logits.squaredLength(Metric.EUCLIDEAN, tangent));
    vector("Fv", at.metricProduct(Metric.FISHER, v));
    vector("vFv", logits.squaredLength(Metric.FISHER, tangent));
    Logits moved = at.logits(0.01, v);
    outputs("logits_w_plus_0.01v", moved.values(), classes);
    vector("KL", logits.divergence(moved));
    vector("KL_0.1", logits.divergence(at.logits(0.1, v)));
    vector("KL_1.0", logits.divergence(at.logits(1, v)));
  }

  private void outputs(String name, double[] values, int classes) {
    tensors.put(name, new Tensor(new long[] {values.length / classes, classes}, values));
  }

  private void vector(String name, double... values) {
    tensors.put(name, new Tensor(new long[] {values.length}, values));
  }
}
