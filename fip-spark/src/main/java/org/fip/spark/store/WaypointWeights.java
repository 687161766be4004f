package org.fip.spark.store;

import java.util.List;
import org.fip.core.safetensors.FlatTensor;
import org.fip.core.safetensors.SafetensorsReader;

/** The weights of a waypoint, read in parts, so that many waypoints can be read side by side. */
public final class WaypointWeights implements AutoCloseable {
  private final SafetensorsReader model;
  private final List<FlatTensor> tensors;

  WaypointWeights(SafetensorsReader model, List<FlatTensor> tensors) {
    this.model = model;
    this.tensors = List.copyOf(tensors);
  }

  /** The tensors on the path, in the order of its flat vector. */
  public List<FlatTensor> tensors() {
    return tensors;
  }

  /**
   * Reads a part of a tensor to the start of {@code target}.
   *
   * @param tensor its name
   * @param first index of the first element, row-major
   * @param count how many elements
   */
  public void read(String tensor, long first, int count, float[] target) {
    model.readFloats(model.get(tensor), first, count, target);
  }

  @Override
  public void close() {
    model.close();
  }
}
