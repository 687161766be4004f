package org.fip.core.geometry;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.fip.core.engine.Program;

/**
 * The linear map J of a network at one w over one batch, with the activations of the forward pass
 * and its recorded graph kept: the products of an inner solver cost no forward pass. For use by one
 * thread at a time; holds native memory until closed.
 */
public final class Linearization implements AutoCloseable {
  private final Program program;
  private final NDManager kept;
  private final NDArray constants;
  private final List<NDArray> inputs;
  private final NDList point;

  Linearization(
      Program program, NDManager kept, NDArray constants, List<NDArray> inputs, NDList point) {
    this.program = program;
    this.kept = kept;
    this.constants = constants;
    this.inputs = inputs;
    this.point = point;
  }

  /** Logits at the point, [batch, classes]; owned by this linearisation. */
  public NDArray logits() {
    return point.get(1);
  }

  /** J v, [batch, classes], of a direction v [P]; owned by {@code scope}. Cost 2 F. */
  public NDArray jv(NDManager scope, NDArray v) {
    return program.call(scope, "jv", point, constants, inputs, v).singletonOrThrow();
  }

  /** J^T u summed over the batch, [P], of cotangents u [batch, classes]. Cost 2 F. */
  public NDArray jtu(NDManager scope, NDArray u) {
    return program.call(scope, "jtu", point, u).singletonOrThrow();
  }

  /**
   * J^T M J v summed over the batch, [P], and J v, [batch, classes]; owned by {@code scope}. Cost 4
   * F.
   */
  public NDList metricProduct(NDManager scope, Metric metric, NDArray v) {
    return program.call(scope, "gv" + metric.method(), point, constants, inputs, v);
  }

  @Override
  public void close() {
    kept.close();
  }
}
