package org.fip.core.network;

import java.util.List;

/**
 * A named tensor of a network.
 *
 * @param name key in the checkpoint
 * @param shape row-major shape
 * @param role what the tensor is to a path
 */
public record Parameter(String name, List<Integer> shape, Role role) {

  /** What a tensor is to a path. */
  public enum Role {
    /** A matrix or kernel: part of w, and what sparsity removes. */
    WEIGHT,
    /** An offset, a normalisation scale and the like: part of w, never removed. */
    OFFSET,
    /** A lookup table: part of w, never removed by default. */
    EMBEDDING,
    /** A constant such as a running mean: read by the network, not part of w. */
    CONSTANT
  }

  /** Copies the shape. */
  public Parameter {
    shape = List.copyOf(shape);
  }

  /** Number of elements. */
  public int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /** Whether a path moves this tensor. */
  public boolean trainable() {
    return role != Role.CONSTANT;
  }
}
