package org.fip.core.network;

import java.io.Serializable;
import java.util.List;

/**
 * A named tensor of a network.
 *
 * @param name key in the checkpoint
 * @param alias another key that old checkpoints have in its place, or null
 * @param shape row-major shape
 * @param role what the tensor is to a path
 * @param initial what a new network has there
 */
public record Parameter(String name, String alias, List<Integer> shape, Role role, Initial initial)
    implements Serializable {

  /** What a tensor is to a path. */
  public enum Role {
    /** A matrix or kernel: may be part of w, and is what sparsity removes. */
    WEIGHT,
    /** An offset, a normalisation scale and the like: may be part of w, is never removed. */
    OFFSET,
    /** A lookup table: may be part of w, is not removed by default. */
    EMBEDDING,
    /** A constant such as a running mean: read by the network, never part of w. */
    CONSTANT
  }

  /** What a new network has. */
  public enum Initial {
    /** Uniform within one over the root of the layer's fan-in. */
    FAN_IN,
    /** Normal with standard deviation 0.02. */
    NORMAL,
    /** Zeros. */
    ZERO,
    /** Ones. */
    ONE
  }

  /** Copies the shape. */
  public Parameter {
    shape = List.copyOf(shape);
  }

  /** A tensor that has had one name only, and starts as its layer's fan-in says. */
  public Parameter(String name, List<Integer> shape, Role role) {
    this(name, null, shape, role, Initial.FAN_IN);
  }

  /**
   * Number of elements.
   *
   * @throws org.fip.core.FipException with category DATA when one array cannot hold them
   */
  public int size() {
    return Value.elements(name, shape);
  }

  /** Whether a path may move this tensor. */
  public boolean trainable() {
    return role != Role.CONSTANT;
  }
}
