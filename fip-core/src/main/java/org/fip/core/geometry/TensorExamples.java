package org.fip.core.geometry;

import org.fip.core.data.EncodedExamples;
import org.fip.core.network.Network;
import org.fip.core.safetensors.TensorSource;

/** Examples that come as tensors, preprocessed by whoever made them. */
public final class TensorExamples {
  private TensorExamples() {}

  /**
   * Reads a network's inputs, and {@code labels} if they are there.
   *
   * @throws org.fip.core.FipException with category DATA when a tensor is missing, has a wrong
   *     shape or type, or holds what the network does not take
   */
  public static EncodedExamples read(Network network, TensorSource source) {
    return new PointInputs(network, source).encoded();
  }
}
